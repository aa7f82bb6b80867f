"""What one hub is told at its start, and the addresses that follow from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from vitrina.apps.levels import Level
from vitrina.hub.sites import OwnOrigins, SharedOrigin, Sites, origin_of, sites_of
from vitrina.store.home import Place
from vitrina.store.tokens import new_token

PORT = 8400
DEFAULT_HOST = "127.0.0.1"
IDLE_S = 900.0
UPLOAD_MB = 4000

FEEDBACK_ENTRIES = 10_000
FEEDBACK_MB = 64

MB = 10**6
"""Bytes, as in all that people read here."""

REACHED_AS_LOCALHOST = frozenset({"localhost", "127.0.0.1", "::1"})
"""Where browsers look for `*.localhost`."""

SIGN_IN = "/-/enter"
"""Path of the one-time links."""

PUBLIC_URL = "--public-url"
APPS_URL = "--apps-url"
UPLOAD = "--upload-mb"
NO_PICTURES = "--no-pictures"
"""The options of `vitrina hub`, for messages."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a hub. Portal and API are served on `port`, apps on `apps_port`, both of `host`."""

    place: Place
    """The store's database and blobs, and the folder for everything else."""

    host: str = DEFAULT_HOST
    port: int = PORT
    apps_port: int = PORT + 1

    public_url: str | None = None
    """Where browsers find the portal, when a proxy stands before it; None: at `host` and `port`."""

    public_apps_url: str | None = None
    """Where browsers find apps. With a wildcard (`https://*.apps.example.org`) each has an origin of its own; with one
    name (`http://localhost:8401`) all lie below paths of it. None: at `*.localhost`, or below paths of another `host`.
    """

    proxies: tuple[str, ...] = ()
    """Addresses and networks of proxies on other machines whose X-Forwarded-For is believed."""

    idle_s: float = IDLE_S
    """Seconds after which an app that nobody uses is stopped."""

    isolation: Level = Level.PROCESS
    """How strongly apps are isolated; whoever makes these settings knows that the machine can."""

    start_timeout_s: float = 60.0
    """Seconds that an app has to answer its first request."""

    upload_mb: int = UPLOAD_MB
    """The longest body of one request to an app, in megabytes; who maintains an app may decide on less."""

    takes_pictures: bool = True
    """Whether pictures are taken of apps, where that can be done."""

    feedback_entries: int = FEEDBACK_ENTRIES
    feedback_mb: int = FEEDBACK_MB
    """How much feedback each version may have."""

    secret: str = field(default_factory=new_token, repr=False)
    """Signs what browsers keep for the hub. Kept in the home (`vitrina.hub.keyfile`), so that it outlives a restart."""

    def __post_init__(self) -> None:
        """Takes proxies from any sequence and a level by its name: settings pass from process to process as JSON."""
        object.__setattr__(self, "proxies", tuple(self.proxies))
        object.__setattr__(self, "isolation", Level(self.isolation))

    @property
    def home(self) -> Path:
        return self.place.home

    @property
    def cache(self) -> Path:
        """A folder for what can be made again."""
        return self.home / "cache"

    @property
    def portal_url(self) -> str:
        """Where browsers find the portal, without a slash at the end. Raises SiteError."""
        return self.local_url if self.public_url is None else origin_of(self.public_url, option=PUBLIC_URL)

    @property
    def local_url(self) -> str:
        """Where programs of this machine find the portal, whatever stands before it."""
        return f"http://{self._host_in_url}:{self.port}"

    @property
    def local_apps_url(self) -> str:
        """Where programs of this machine find the apps port, whatever stands before it."""
        return f"http://{self._host_in_url}:{self.apps_port}"

    def sign_in_link(self, key: str) -> str:
        """The one-time link with this key (see `vitrina.store.people`)."""
        return f"{self.portal_url}{SIGN_IN}?{urlencode({'key': key})}"

    @property
    def sites(self) -> Sites:
        """Where apps are, as browsers see it. Raises SiteError."""
        if self.public_apps_url is not None:
            return sites_of(self.public_apps_url, option=APPS_URL)
        if self.host in REACHED_AS_LOCALHOST:
            return OwnOrigins("http", "localhost", self.apps_port)
        return SharedOrigin(f"http://{self._host_in_url}:{self.apps_port}")

    @property
    def apps_url(self) -> str:
        """The apps port itself, which has no app's rights: it sends on to the places of apps."""
        return f"http://{self._host_in_url}:{self.apps_port}" if self.public_apps_url is None else self.sites.root

    @property
    def host_names(self) -> frozenset[str]:
        """The names under which the portal may be asked for (see `middleware.hosts`); an IPv6 address in brackets."""
        return self._local_names | {_host_of(self.portal_url)}

    @property
    def apps_host_names(self) -> frozenset[str]:
        """The names of the apps port that are no app's own."""
        return self._local_names | {_host_of(self.sites.root)}

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        return is_loopback(self.host)

    @property
    def is_proxied(self) -> bool:
        """Whether something stands between browsers and the hub."""
        return self.public_url is not None or self.public_apps_url is not None

    @property
    def _local_names(self) -> frozenset[str]:
        return frozenset({"localhost", "127.0.0.1", "[::1]", _in_url(self.host)})

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


def _host_of(origin: str) -> str:
    return _in_url(urlsplit(origin).hostname or "")


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
