"""What looks like a secret in the files of an app: a small table of names, and one of how well-known keys are written.

Everybody who may open an app can make it read its own files, and a bundle is kept for years; so a secret is stopped at
the door. The tables hold what can be told with hardly an error; a password in a plain sentence is nobody's to find.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

HARMLESS = ("*.example", "*.sample", "*.template", "*.dist")
"""Ends of names that say: there is no real value in here."""

NAMES = {
    ".env": "an environment file",
    ".env.*": "an environment file",
    ".envrc": "an environment file",
    ".streamlit/secrets.toml": "Streamlit's secrets",
    "id_rsa": "a private SSH key",
    "id_dsa": "a private SSH key",
    "id_ecdsa": "a private SSH key",
    "id_ed25519": "a private SSH key",
    "*.p12": "a key store",
    "*.pfx": "a key store",
    "*.jks": "a key store",
    "*.kdbx": "a password store",
    ".netrc": "passwords of hosts",
    "_netrc": "passwords of hosts",
    ".pgpass": "passwords of databases",
    ".pypirc": "passwords of package indexes",
    ".git-credentials": "passwords of git hosts",
    ".htpasswd": "passwords of people",
    "credentials.json": "credentials of a service",
    "kaggle.json": "a Kaggle token",
    ".aws/credentials": "AWS credentials",
    ".docker/config.json": "passwords of registries",
}
"""Names of files (the last one or two parts of a path) and what they are."""

_KEYS: tuple[tuple[str, bytes, bytes], ...] = (
    ("a private key", b"PRIVATE KEY", rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----\s"),
    ("an AWS access key", b"AKIA", rb"\bAKIA(?![0-9A-Z]*EXAMPLE)[0-9A-Z]{16}\b"),
    ("an AWS access key", b"ASIA", rb"\bASIA(?![0-9A-Z]*EXAMPLE)[0-9A-Z]{16}\b"),
    (
        "an AWS secret key",
        b"aws_secret_access_key",
        rb"aws_secret_access_key['\"]?\s*[=:]\s*['\"]?[A-Za-z0-9/+=]{40}\b",
    ),
    ("a GitHub token", b"gh", rb"\bgh[pousr]_[A-Za-z0-9]{36,}\b"),
    ("a GitHub token", b"github_pat_", rb"\bgithub_pat_[A-Za-z0-9_]{36,}\b"),
    ("a GitLab token", b"glpat-", rb"\bglpat-[A-Za-z0-9_-]{20,}"),
    ("a Slack token", b"xox", rb"\bxox[abeoprs]-[A-Za-z0-9-]{20,}"),
    (
        "a Slack webhook",
        b"hooks.slack.com",
        rb"hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,}",
    ),
    ("a Stripe key", b"_live_", rb"\b[rs]k_live_[A-Za-z0-9]{20,}"),
    ("a Google API key", b"AIza", rb"\bAIza[A-Za-z0-9_-]{35}\b"),
    ("a Hugging Face token", b"hf_", rb"\bhf_[A-Za-z0-9]{30,}\b"),
    ("an OpenAI key", b"T3BlbkFJ", rb"\bsk-[A-Za-z0-9_-]{10,}T3BlbkFJ[A-Za-z0-9_-]{10,}"),
    ("an Anthropic key", b"sk-ant-", rb"\bsk-ant-[A-Za-z0-9_-]{30,}"),
    ("a PyPI token", b"pypi-AgE", rb"\bpypi-AgE[A-Za-z0-9_-]{40,}"),
    ("an npm token", b"npm_", rb"\bnpm_[A-Za-z0-9]{36}\b"),
    ("a token of a package registry", b"_authToken", rb"_authToken\s*=\s*[\"']?[A-Za-z0-9_-]{20,}"),
    ("a SendGrid key", b"SG.", rb"\bSG\.[A-Za-z0-9_-]{20,24}\.[A-Za-z0-9_-]{40,46}\b"),
    ("an Azure storage key", b"AccountKey=", rb"AccountKey=[A-Za-z0-9+/]{80,88}={0,2}"),
)
"""What it is; a part that must be in the file (looked for first: a hundred times faster); how it is written."""

LOOKED_AT_BYTES = 8192
"""A zero byte in so much of a file's beginning makes it no text, as in git."""


def secret_in(name: PurePosixPath, content: bytes) -> str | None:
    """What in a file looks like a secret, and where, without telling it; None when nothing does."""
    path = str(name)
    if not any(fnmatchcase(name.name, end) for end in HARMLESS):
        for pattern, what in NAMES.items():
            if fnmatchcase("/".join(name.parts[-len(PurePosixPath(pattern).parts) :]), pattern):
                return f"{path} ({what})"
    if b"\0" in content[:LOOKED_AT_BYTES]:
        return None
    for what, part, pattern in _KEYS:
        if part in content and (found := re.search(pattern, content)):
            line = content.count(b"\n", 0, found.start()) + 1
            return f"{path} line {line} ({what})"
    return None
