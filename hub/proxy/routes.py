"""What an address on the apps port means: which app a host name names, which a path. Pure.

An app revision has an origin of its own, http://what-if-1-0-0-3f9c2a1b44.localhost:8401/, or lies below a path of one
that all share, http://localhost:8401/owner/project/model/1.0.0/app@2/. In either case the front's own pages lie below
/-/vitrina/ there. The same in words, http://localhost:8401/owner/project/model/version/app/, leads to the portal, which
decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlencode, urlsplit

from vitrina.apps.spec import KEY_PATTERN
from vitrina.hub.sites import OwnOrigins, SharedOrigin, Sites
from vitrina.store.refs import BadReferenceError, Noun, Ref, parse_ref

if TYPE_CHECKING:
    from vitrina.hub.settings import Settings

OWN = "/-/vitrina"
"""Below it an app's origin answers for the front; apps never see such a request."""

ENTER = f"{OWN}/enter"
"""Where the portal sends a browser with its ticket."""

ENTERED = f"{OWN}/entered"
"""Where a browser shows that it kept the cookie, before it goes on."""

STATE = f"{OWN}/state"
START = f"{OWN}/start"
STATIC = f"{OWN}/static"

WORDS = 5
"""Owner, project, model, version and app: so many parts of a path name an app."""

_SAFE_IN_LOCATION = "/?&=%:@!$'()*+,;~-._"
DOTS = frozenset({".", ".."})
_SAFE_IN_REF = "/@^~*.,=-_"


@dataclass(frozen=True, slots=True)
class OfApp:
    """An app's own origin; whether there is such an app is not said."""

    label: str


@dataclass(frozen=True, slots=True)
class BelowPath:
    """A path of the shared origin that may be an app's."""

    ref: Ref
    """Of an exact version and revision."""

    prefix: str
    """As it was asked for."""


@dataclass(frozen=True, slots=True)
class OfPort:
    """The apps port under one of the hub's own names."""


@dataclass(frozen=True, slots=True)
class Nowhere:
    """A name that is not ours: a mistake, or a foreign site that points its name at us."""


Place = OfApp | BelowPath | OfPort | Nowhere


@dataclass(frozen=True, slots=True)
class Routes:
    """The names under which one hub's apps port is reached."""

    sites: Sites
    own_names: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> Routes:
        """The names that follow from a hub's settings."""
        return cls(settings.sites, settings.apps_host_names)

    def place(self, host: str, path: str) -> Place:
        """What a Host header and a path, percent-encoded as it came, mean.

        The header's port is not looked at, so that the hub can be reached through a tunnel.
        """
        name = _without_port(host.lower())
        match self.sites:
            case _ if name not in self.own_names and isinstance(self.sites, OwnOrigins):
                label = name.removesuffix(f".{self.sites.domain}")
                return OfApp(label) if label != name and KEY_PATTERN.fullmatch(label) else Nowhere()
            case SharedOrigin() if name in self.own_names and (below := _below(path)) is not None:
                return below
            case _:
                return OfPort() if name in self.own_names else Nowhere()


@dataclass(frozen=True, slots=True)
class InWords:
    """A path on the apps port that names an app, and a place inside it."""

    ref: Ref
    """Of a model's version; its selector may be a range, alias, stage or `latest`."""

    to: str
    """Path and query inside the app."""


def _below(path: str) -> BelowPath | None:
    """The app whose path it may be: `/owner/project/model/1.0.0/app@2/…`, all of it exact; None for any other."""
    words = in_words(path)
    if words is None or words.ref.app_revision is None or path.count("/") < WORDS + 1:
        return None
    return BelowPath(words.ref, "/".join(path.split("/", WORDS + 1)[: WORDS + 1]))


def in_words(path: str, query: str = "") -> InWords | None:
    """Reads `/owner/project/model/version/app/rest`, percent-encoded as it came; None for any other path."""
    segments = path.removeprefix("/").split("/", WORDS)
    if len(segments) < WORDS or not all(segments[:WORDS]):
        return None
    owner, project, model, version, app = segments[:WORDS]
    try:
        ref = parse_ref(f"{owner}/{project}/{Noun.MODEL}/{model}@{version}/apps/{app}")
    except BadReferenceError:
        return None
    rest = f"/{segments[WORDS]}" if len(segments) > WORDS else "/"
    return InWords(ref, f"{rest}?{query}" if query else rest)


def opening(settings: Settings, label: str) -> str:
    """Where on the portal the app with this origin is opened: it decides, and sends the browser back with a ticket."""
    return f"{settings.portal_url}/-/apps/{label}/open"


def opening_in_words(settings: Settings, ref: str) -> str:
    """The same for an app that is named by a reference."""
    return f"{settings.portal_url}/{quote(ref, safe=_SAFE_IN_REF)}/open"


def with_place(address: str, to: str) -> str:
    """Such an address with the place inside the app that is wanted."""
    return address if to == "/" else f"{address}?{urlencode({'to': to})}"


def inside(to: str) -> str:
    """A place to go on to, as a path inside the app; `/` for whatever leads, or may lead, anywhere else.

    Browsers read a backslash as a slash and leave control characters out: `/\\host` and `/<tab>/host` are other hosts.
    They also go up where dots say so, out of an app that lies below a path.
    """
    is_path = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    is_path = is_path and not DOTS.intersection(unquote(to.partition("?")[0]).split("/"))
    return quote(to, safe=_SAFE_IN_LOCATION) if is_path and not to.startswith(OWN) else "/"


def portal_origins(settings: Settings) -> tuple[str, ...]:
    """Every origin under which browsers may see the portal, which may therefore frame apps."""
    if settings.public_url is not None or not settings.is_loopback:
        return (settings.portal_url,)
    names = {urlsplit(settings.portal_url).hostname or "", "localhost", "127.0.0.1"}
    return tuple(sorted(f"http://{_in_url(name)}:{settings.port}" for name in names))


def _without_port(host: str) -> str:
    return host if host.endswith("]") else host.rsplit(":", 1)[0]


def _in_url(name: str) -> str:
    return f"[{name}]" if ":" in name else name
