"""Which package index environments are built from: the operator's. Pure, but for reading configuration files.

First what was said to Vitrina (VITRINA_INDEX_URL), then what uv, then what pip is configured with on the hub's
machine, else PyPI. It is always exactly one: with several, whoever may publish to one chooses what a name means.
"""

from __future__ import annotations

import configparser
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLE = "VITRINA_INDEX_URL"
HOSTS = "VITRINA_INDEX_HOSTS"
"""Further hosts that the index leads to for its files, with commas between them."""

PYPI = "https://pypi.org/simple"

FILES_OF = {"pypi.org": ("files.pythonhosted.org",)}
"""Hosts that keep the files of a well-known index."""

OF_UV = ("UV_DEFAULT_INDEX", "UV_INDEX_URL")
OF_PIP = "PIP_INDEX_URL"

ROAD = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),
)
"""The variables of the hub that say how the network is reached."""


@dataclass(frozen=True)
class Index:
    """A package index, and the variables by which it is reached. Its address may hold a password."""

    url: str = field(repr=False)
    said_by: str
    road: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    further_hosts: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """Its address as people may see it."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    def may_lead_to(self, host: str, port: int) -> bool:
        """Whether files of this index may be fetched from there."""
        parts = urlsplit(self.url)
        own = parts.hostname or ""
        if host == own:
            return port == (parts.port or {"http": 80, "https": 443}.get(parts.scheme))
        return port in {80, 443} and host in {*FILES_OF.get(own, ()), *self.further_hosts}

    @property
    def folder(self) -> Path | None:
        """Where it lies, if it is a folder of this machine (`file://`)."""
        parts = urlsplit(self.url)
        return Path(parts.path) if parts.scheme == "file" else None


def configured(variables: Mapping[str, str], *, home: Path, prefix: Path = Path(sys.prefix)) -> Index:
    """The index of a hub with these environment variables and this home of its user."""
    url, said_by = next(_said(variables, home, prefix))
    further = tuple(host.strip() for host in variables.get(HOSTS, "").split(",") if host.strip())
    return Index(url, said_by, {name: variables[name] for name in ROAD if name in variables}, further)


def _said(variables: Mapping[str, str], home: Path, prefix: Path) -> Iterator[tuple[str, str]]:
    """The addresses that somebody said, the one that counts first."""
    for name in (VARIABLE, *OF_UV):
        if variables.get(name):
            yield variables[name], name
    for path in (_config(variables, home) / "uv" / "uv.toml", Path("/etc/uv/uv.toml")):
        if url := _of_uv(path):
            yield url, str(path)
    if variables.get(OF_PIP):
        yield variables[OF_PIP], OF_PIP
    named = [Path(variables["PIP_CONFIG_FILE"])] if variables.get("PIP_CONFIG_FILE") else []
    of_user = (_config(variables, home) / "pip" / "pip.conf", home / ".pip" / "pip.conf")
    for path in (*named, prefix / "pip.conf", *of_user, Path("/etc/pip.conf")):
        if url := _of_pip(path):
            yield url, str(path)
    yield PYPI, "nobody: it is the default"


def _config(variables: Mapping[str, str], home: Path) -> Path:
    return Path(variables.get("XDG_CONFIG_HOME") or home / ".config")


def _of_uv(path: Path) -> str | None:
    try:
        told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    indexes: list[dict[str, Any]] = told.get("index", [])
    url = next((one["url"] for one in indexes if one.get("default") and "url" in one), None)
    return url or told.get("index-url") or told.get("pip", {}).get("index-url")


def _of_pip(path: Path) -> str | None:
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return None
    return parser.get("install", "index-url", fallback=None) or parser.get("global", "index-url", fallback=None)
