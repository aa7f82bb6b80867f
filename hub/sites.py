"""Where apps are, as browsers see it: each at an origin of its own or, where none can be had, below a path. Pure.

http://what-if-1-0-0-3f9c2a1b44.localhost:8401/            on this machine: browsers find *.localhost without DNS
https://what-if-1-0-0-3f9c2a1b44.apps.example.org/         in a company: one wildcard name and certificate
http://localhost:8401/acme/churn/classifier/1.0.0/what-if@2/      paths: apps share one origin, which is weaker
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from vitrina.store.errors import VitrinaError

if TYPE_CHECKING:
    from vitrina.store.records import App

_HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_SAFE_IN_PREFIX = "/@~._-+"

PORTS = {"http": 80, "https": 443}
"""What browsers leave out of an origin."""


class SiteError(VitrinaError):
    """An address under which the hub is to be seen is none."""


@dataclass(frozen=True, slots=True)
class Site:
    """The place of one app revision."""

    origin: str
    prefix: str = ""
    """The path below which the app lies, as browsers send it, without a slash at the end; empty: the origin is its."""

    @property
    def root(self) -> str:
        """The app's own address, with a slash at the end."""
        return f"{self.origin}{self.prefix}/"

    @property
    def keeps_secure_cookies(self) -> bool:
        """Whether every browser keeps a cookie with `Secure`: over https, and at an app's own name on this machine."""
        is_own_here = not self.prefix and (urlsplit(self.origin).hostname or "").endswith(".localhost")
        return self.origin.startswith("https:") or is_own_here

    def url(self, path: str = "/") -> str:
        """The address of a path inside the app."""
        return f"{self.origin}{self.prefix}{path}"


@dataclass(frozen=True, slots=True)
class OwnOrigins:
    """Each app revision has an origin: its label, and then what all have in common."""

    scheme: str
    domain: str
    """Without the dot before it."""

    port: int | None = None
    """None: the scheme's own."""

    @property
    def source(self) -> str:
        """All of them, as one source of a Content-Security-Policy."""
        return self.origin("*")

    @property
    def root(self) -> str:
        """Where no app is, and addresses in words lead to one."""
        return f"{self.scheme}://{self.domain}{_port(self.port)}"

    def origin(self, label: str) -> str:
        """The origin of the app revision with this label."""
        return f"{self.scheme}://{label}.{self.domain}{_port(self.port)}"

    def of(self, app: App) -> Site:
        """Where an app revision is."""
        return Site(self.origin(app.label))


@dataclass(frozen=True, slots=True)
class SharedOrigin:
    """All apps are paths of one origin."""

    root: str
    """The origin."""

    @property
    def source(self) -> str:
        """See `OwnOrigins.source`."""
        return self.root

    def of(self, app: App) -> Site:
        """Where an app revision is: with its number, so that those who are inside stay when there is a new one."""
        return Site(self.root, prefix_of(app))


Sites = OwnOrigins | SharedOrigin


def prefix_of(app: App) -> str:
    """The path of an app revision on a shared origin, exactly as browsers send it."""
    version = app.version
    project = version.collection.project.ref
    path = f"/{project}/{version.collection.name}/{version.number}/{app.name}@{app.revision}"
    return quote(path, safe=_SAFE_IN_PREFIX)


def origin_of(url: str, *, option: str) -> str:
    """The origin that somebody gave as an address, as browsers write it; `option` is where. Raises SiteError."""
    scheme, host, port = _parts(url, option)
    if host.startswith("*."):
        raise SiteError(
            f"{option} {url}: only apps have a wildcard name.", hint=f"Such as: {option} https://example.org"
        )
    return f"{scheme}://{host}{_port(port)}"


def sites_of(url: str, *, option: str) -> Sites:
    """Where apps are, as somebody gave it: a wildcard name, or a name that all share. Raises SiteError."""
    scheme, host, port = _parts(url, option)
    domain = host.removeprefix("*.")
    return SharedOrigin(f"{scheme}://{host}{_port(port)}") if domain == host else OwnOrigins(scheme, domain, port)


def _parts(url: str, option: str) -> tuple[str, str, int | None]:
    """Scheme, host in lower case (an IPv6 address in brackets) and port; None: the scheme's own."""
    try:
        given = urlsplit(url.strip().lower())
        scheme, port = given.scheme, given.port
    except ValueError:
        scheme, port, given = "", None, urlsplit("")
    host = given.netloc.removesuffix(f":{port}")
    if scheme not in PORTS or _HOST.fullmatch(host) is None or given.path not in {"", "/"} or given.query:
        raise SiteError(
            f"{option} {url} is no address of a hub.",
            hint=f"Give scheme and name, and nothing after them: {option} https://vitrina.example.org",
        )
    return scheme, host, None if port == PORTS[scheme] else port


def _port(port: int | None) -> str:
    return f":{port}" if port else ""
