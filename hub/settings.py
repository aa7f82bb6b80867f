"""What one hub is told at its start, and the addresses that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlencode

from vitrina.store.home import Place
from vitrina.store.tokens import new_token

PORT = 8400
DEFAULT_HOST = "127.0.0.1"
IDLE_S = 900.0

SIGN_IN = "/-/enter"
"""Path of the one-time links."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a hub. Portal and API are served on `port`, apps on `apps_port`, both of `host`."""

    place: Place
    """The store's database and blobs, and the folder for everything else."""

    host: str = DEFAULT_HOST
    port: int = PORT
    apps_port: int = PORT + 1

    idle_s: float = IDLE_S
    """Seconds after which an app that nobody uses is stopped."""

    start_timeout_s: float = 60.0
    """Seconds that an app has to answer its first request."""

    secret: str = field(default_factory=new_token, repr=False)
    """Signs what browsers keep for the hub. Kept in the home (`vitrina.hub.keyfile`), so that it outlives a restart."""

    @property
    def home(self) -> Path:
        return self.place.home

    @property
    def cache(self) -> Path:
        """A folder for what can be made again."""
        return self.home / "cache"

    @property
    def portal_url(self) -> str:
        """Where browsers find the portal, without a slash at the end."""
        return f"http://{self._host_in_url}:{self.port}"

    def sign_in_link(self, key: str) -> str:
        """The one-time link with this key (see `vitrina.store.people`)."""
        return f"{self.portal_url}{SIGN_IN}?{urlencode({'key': key})}"

    @property
    def apps_url(self) -> str:
        """The apps port itself, which has no app's rights: it sends on to the origins of apps."""
        return f"http://{self._host_in_url}:{self.apps_port}"

    def apps_origin(self, label: str) -> str:
        """The origin of the app revision with this label. Browsers find `*.localhost` on this machine without DNS."""
        return f"http://{label}.localhost:{self.apps_port}"

    @property
    def apps_origins(self) -> str:
        """All apps' origins as one source of a Content-Security-Policy."""
        return f"http://*.localhost:{self.apps_port}"

    @property
    def host_names(self) -> frozenset[str]:
        """The names under which the portal may be asked for (see `middleware.hosts`); an IPv6 address in brackets."""
        return frozenset({"localhost", "127.0.0.1", "[::1]", _in_url(self.host)})

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        return is_loopback(self.host)

    @property
    def _host_in_url(self) -> str:
        return "localhost" if self.host == DEFAULT_HOST else _in_url(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is this machine's own: `localhost`, 127.0.0.0/8 or ::1."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
