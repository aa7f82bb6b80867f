"""Which package index is the operator's: a table of configurations."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.apps.environments.index import PYPI, configured

UV_TOML = (
    '[[index]]\nurl = "https://other.example.org"\n[[index]]\nurl = "https://uv-file.example.org"\ndefault = true\n'
)
PIP_CONF = "[global]\nindex-url = https://pip-file.example.org\nextra-index-url = https://extra.example.org\n"

SAID = {
    "nothing": ({}, {}, PYPI),
    "to Vitrina": (
        {"VITRINA_INDEX_URL": "https://v.example.org", "UV_DEFAULT_INDEX": "https://u"},
        {},
        "https://v.example.org",
    ),
    "to uv": ({"UV_DEFAULT_INDEX": "https://u.example.org", "PIP_INDEX_URL": "https://p"}, {}, "https://u.example.org"),
    "to uv as of old": ({"UV_INDEX_URL": "https://u.example.org"}, {}, "https://u.example.org"),
    "in uv's file": ({"PIP_INDEX_URL": "https://p"}, {".config/uv/uv.toml": UV_TOML}, "https://uv-file.example.org"),
    "in uv's file, for pip": ({}, {".config/uv/uv.toml": '[pip]\nindex-url = "https://x"\n'}, "https://x"),
    "to pip": ({"PIP_INDEX_URL": "https://p.example.org"}, {".config/pip/pip.conf": PIP_CONF}, "https://p.example.org"),
    "in pip's file": ({}, {".config/pip/pip.conf": PIP_CONF}, "https://pip-file.example.org"),
    "in pip's file of old": ({}, {".pip/pip.conf": PIP_CONF}, "https://pip-file.example.org"),
    "in the environment's file": ({}, {"prefix/pip.conf": PIP_CONF}, "https://pip-file.example.org"),
    "in a file that is named": (
        {"PIP_CONFIG_FILE": "{home}/my.conf"},
        {"my.conf": PIP_CONF},
        "https://pip-file.example.org",
    ),
    "in files that cannot be read": ({}, {".config/uv/uv.toml": "[", ".config/pip/pip.conf": "index-url = x"}, PYPI),
}


@pytest.mark.parametrize("case", SAID)
def test_the_index_is_the_one_that_was_said_most_closely(case: str, tmp_path: Path) -> None:
    variables, files, url = SAID[case]
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    told = {name: value.format(home=tmp_path) for name, value in variables.items()}
    assert configured(told, home=tmp_path, prefix=tmp_path / "prefix").url == url


def test_a_password_is_not_shown(tmp_path: Path) -> None:
    index = configured({"VITRINA_INDEX_URL": "https://alice:secret@index.example.org/simple"}, home=tmp_path)
    assert index.shown == "https://index.example.org/simple"
    assert "secret" not in repr(index)


def test_only_what_says_how_the_network_is_reached_comes_along(tmp_path: Path) -> None:
    variables = {"HTTPS_PROXY": "http://proxy:3128", "SSL_CERT_FILE": "/etc/ca.pem", "AWS_SECRET_ACCESS_KEY": "x"}
    assert configured(variables, home=tmp_path).road == {
        "HTTPS_PROXY": "http://proxy:3128",
        "SSL_CERT_FILE": "/etc/ca.pem",
    }
