"""What an address on the apps port means: which app a host name names, which a path. Pure.

An app revision has an origin of its own, http://what-if-1-0-0-3f9c2a1b44.localhost:8401/, on which the front's own
pages lie below /-/vitrina/. The same in words, http://localhost:8401/owner/project/model/version/app/, leads to the
portal, which decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from vitrina.apps.spec import KEY_PATTERN
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

_SAFE_IN_LOCATION = "/?&=%:@!$'()*+,;~-._"
_SAFE_IN_REF = "/@^~*.,=-_"


@dataclass(frozen=True, slots=True)
class OfApp:
    """An app's own origin; whether there is such an app is not said."""

    label: str


@dataclass(frozen=True, slots=True)
class OfPort:
    """The apps port under one of the hub's own names."""


@dataclass(frozen=True, slots=True)
class Nowhere:
    """A name that is not ours: a mistake, or a foreign site that points its name at us."""


Place = OfApp | OfPort | Nowhere


@dataclass(frozen=True, slots=True)
class Routes:
    """The names under which one hub's apps port is reached."""

    app_suffix: str
    """What an app's host name ends with, after its label; with the dot."""

    own_names: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> Routes:
        """The names that follow from a hub's settings."""
        host = urlsplit(settings.apps_origin("label")).hostname or ""
        return cls(host.removeprefix("label"), settings.host_names)

    def place(self, host: str) -> Place:
        """What a Host header means. Its port is not looked at, so that the hub can be reached through a tunnel."""
        name = _without_port(host.lower())
        if name in self.own_names:
            return OfPort()
        label = name.removesuffix(self.app_suffix)
        if label != name and KEY_PATTERN.fullmatch(label):
            return OfApp(label)
        return Nowhere()


@dataclass(frozen=True, slots=True)
class InWords:
    """A path on the apps port that names an app, and a place inside it."""

    ref: Ref
    """Of a model's version; its selector may be a range, alias, stage or `latest`."""

    to: str
    """Path and query inside the app."""


def in_words(path: str, query: str = "") -> InWords | None:
    """Reads `/owner/project/model/version/app/rest`, percent-encoded as it came; None for any other path."""
    segments = path.removeprefix("/").split("/", 5)
    if len(segments) < 5 or not all(segments[:5]):
        return None
    owner, project, model, version, app = segments[:5]
    try:
        ref = parse_ref(f"{owner}/{project}/{Noun.MODEL}/{model}@{version}/apps/{app}")
    except BadReferenceError:
        return None
    rest = f"/{segments[5]}" if len(segments) > 5 else "/"
    return InWords(ref, f"{rest}?{query}" if query else rest)


def opening(settings: Settings, label: str, *, to: str = "/") -> str:
    """Where on the portal the app with this origin is opened: it decides, and sends the browser back with a ticket."""
    return _with_place(f"{settings.portal_url}/-/apps/{label}/open", to)


def opening_in_words(settings: Settings, ref: str, *, to: str = "/") -> str:
    """The same for an app that is named by a reference."""
    return _with_place(f"{settings.portal_url}/{quote(ref, safe=_SAFE_IN_REF)}/open", to)


def inside(to: str) -> str:
    """A place to go on to, as a path of this very origin; `/` for whatever leads, or may lead, anywhere else.

    Browsers read a backslash as a slash and leave control characters out: `/\\host` and `/<tab>/host` are other hosts.
    """
    is_path = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    return quote(to, safe=_SAFE_IN_LOCATION) if is_path and not to.startswith(OWN) else "/"


def portal_origins(settings: Settings) -> tuple[str, ...]:
    """Every origin under which browsers may see the portal, which may therefore frame apps."""
    portal = urlsplit(settings.portal_url)
    names = {portal.hostname or "", *(("localhost", "127.0.0.1") if settings.is_loopback else ())}
    port = f":{portal.port}" if portal.port else ""
    return tuple(sorted(f"{portal.scheme}://{_in_url(name)}{port}" for name in names))


def _with_place(address: str, to: str) -> str:
    return address if to == "/" else f"{address}?{urlencode({'to': to})}"


def _without_port(host: str) -> str:
    return host if host.endswith("]") else host.rsplit(":", 1)[0]


def _in_url(name: str) -> str:
    return f"[{name}]" if ":" in name else name
