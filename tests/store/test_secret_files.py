"""What looks like a secret: a table of files as people leave them, and of those that only look so."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath

import pytest

from vitrina.store.secret_files import secret_in

LETTERS = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7" * 5

BY_NAME = {
    ".env": "an environment file",
    "sub/.env.production": "an environment file",
    "keys/id_rsa": "a private SSH key",
    "id_ed25519": "a private SSH key",
    ".streamlit/secrets.toml": "Streamlit's secrets",
    "app/.streamlit/secrets.toml": "Streamlit's secrets",
    "client.p12": "a key store",
    ".netrc": "passwords of hosts",
    ".pypirc": "passwords of package indexes",
    "credentials.json": "credentials of a service",
    ".aws/credentials": "AWS credentials",
}

BY_CONTENT = {
    "a private key": [
        "-----BEGIN RSA PRIVATE KEY-----\nx",
        "-----BEGIN PRIVATE KEY-----\r\nx",
        "-----BEGIN OPENSSH PRIVATE KEY-----\n",
    ],
    "an AWS access key": [f"key = 'AKIA{'Q7' * 8}'", f"ASIA{'Z2' * 8}"],
    "an AWS secret key": [f"aws_secret_access_key = {LETTERS[:40]}", f'"aws_secret_access_key": "{LETTERS[:40]}"'],
    "a GitHub token": [f"ghp_{LETTERS[:36]}", f"github_pat_{LETTERS[:60]}"],
    "a GitLab token": [f"glpat-{LETTERS[:20]}"],
    "a Slack token": [f"xoxb-123456789012-{LETTERS[:24]}"],
    "a Slack webhook": [f"https://hooks.slack.com/services/T0000AAAA/B0000AAAA/{LETTERS[:24]}"],
    "a Stripe key": [f"sk_live_{LETTERS[:24]}"],
    "a Google API key": [f"AIza{LETTERS[:35]}"],
    "a Hugging Face token": [f"hf_{LETTERS[:34]}"],
    "an OpenAI key": [f"sk-{LETTERS[:20]}T3BlbkFJ{LETTERS[:20]}", f"sk-proj-{LETTERS[:40]}T3BlbkFJ{LETTERS[:40]}"],
    "an Anthropic key": [f"sk-ant-api03-{LETTERS[:60]}"],
    "a PyPI token": [f"pypi-AgEIcHlwaS5vcmc{LETTERS[:60]}"],
    "an npm token": [f"npm_{LETTERS[:36]}"],
    "a token of a package registry": [f"//registry.example.org/:_authToken={LETTERS[:24]}"],
    "a SendGrid key": [f"SG.{LETTERS[:22]}.{LETTERS[:43]}"],
    "an Azure storage key": [f"AccountName=x;AccountKey={LETTERS[:86]}=="],
}

HARMLESS = {
    ".env.example": "KEY=value",
    "secrets.toml": "no Streamlit's here",
    "environment.yml": "name: x",
    "certificate.pem": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "public.pem": "-----BEGIN PUBLIC KEY-----\nMIIB\n",
    "docs.md": "Export AKIAIOSFODNN7EXAMPLE as your key, or a token that begins with ghp_.",
    "check.py": 'if "PRIVATE KEY" in text or text.startswith("sk-ant-"):\n    raise SystemExit',
    "model.py": "hf_hub_download('x'); hf_model = 1; SG.filter(x)",
    "names.py": "aws_secret_access_key = os.environ['AWS_SECRET_ACCESS_KEY']",
    "id_rsa.pub": "ssh-rsa AAAA",
}


@pytest.mark.parametrize("name", BY_NAME)
def test_a_file_is_known_by_its_name(name: str) -> None:
    assert secret_in(PurePosixPath(name), b"") == f"{name} ({BY_NAME[name]})"


@pytest.mark.parametrize(("what", "text"), [(what, text) for what, texts in BY_CONTENT.items() for text in texts])
def test_a_key_is_known_by_how_it_is_written_and_only_its_line_is_told(what: str, text: str) -> None:
    told = secret_in(PurePosixPath("app.py"), f"import os\n\n{text}\n".encode())
    assert told == f"app.py line 3 ({what})"


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_looks_so_passes(name: str) -> None:
    assert secret_in(PurePosixPath(name), HARMLESS[name].encode()) is None


def test_a_picture_is_not_read_as_text() -> None:
    assert secret_in(PurePosixPath("a.png"), b"\x89PNG\0" + f"ghp_{LETTERS[:36]}".encode()) is None


@pytest.mark.slow
def test_no_file_of_a_real_library_is_taken_for_a_secret() -> None:
    """The standard library's 1,500 files are what honest code looks like."""
    folder = Path(sys.modules["os"].__file__ or "").parent
    looked_at = [
        path for path in folder.rglob("*.py") if "site-packages" not in path.parts and "test" not in path.parts
    ]
    assert len(looked_at) > 500
    assert [path for path in looked_at if secret_in(PurePosixPath(path.relative_to(folder)), path.read_bytes())] == []
