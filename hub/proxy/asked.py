"""What kind of request it is, and whether a page of another site caused it. Pure: headers in, a record out.

Browsers say so in Origin and Sec-Fetch-*; to `*.localhost` they do over plain http too. Other programs send neither,
and are no danger: they act with no person's cookie but their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

READING = frozenset({"GET", "HEAD", "OPTIONS"})

SELF_SENT = ("/_stcore/health", "/_stcore/host-config", "/_reload-hash", "/liveness")
"""Endings of paths that pages of frameworks ask by themselves, again and again, with nobody there."""

SELF_SENT_BELOW = "/gradio_api/heartbeat/"
"""Gradio holds one such stream open for as long as a tab is."""


SEEN = frozenset({"document", "iframe", "frame"})
"""Where the answer stands when somebody goes to an address. An `<object>` or `<embed>` of any page navigates too."""


class Kind(Enum):
    """What stands to be answered."""

    DOCUMENT = "somebody goes to an address, in a tab or a frame"
    SOCKET = "a page opens a WebSocket"
    OTHER = "a page or a program asks for something"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as far as it matters before the app sees it."""

    kind: Kind
    is_foreign: bool
    """Another site's page caused it, and it is more than somebody following a link."""

    may_start: bool
    """Whether a sleeping app wakes for it: for people and programs, not for a page that was left open and asks on, nor
    for a browser that fetches ahead."""

    is_used: bool
    """Whether it shows that somebody is there."""


def asked(method: str, path: str, headers: Mapping[str, str], *, origin: str) -> Asked:
    """`origin` is that of the app; `headers` are looked up without case."""
    kind = _kind(method, headers)
    is_program = "Sec-Fetch-Dest" not in headers
    is_seen = is_program or headers["Sec-Fetch-Dest"] in SEEN
    is_early = "prefetch" in headers.get("Sec-Purpose", "")
    return Asked(
        kind=kind,
        is_foreign=_is_foreign(kind, headers, origin),
        may_start=not is_early
        and ((kind is Kind.DOCUMENT and is_seen) or method not in READING or (is_program and kind is Kind.OTHER)),
        is_used=not (path.endswith(SELF_SENT) or SELF_SENT_BELOW in path),
    )


def is_framed(headers: Mapping[str, str]) -> bool:
    """Whether the answer will stand in a frame."""
    return headers.get("Sec-Fetch-Dest") in {"iframe", "frame"}


def _kind(method: str, headers: Mapping[str, str]) -> Kind:
    if headers.get("Upgrade", "").lower() == "websocket":
        return Kind.SOCKET
    if method not in {"GET", "HEAD"}:
        return Kind.OTHER
    mode = headers.get("Sec-Fetch-Mode")
    is_document = mode == "navigate" if mode is not None else "text/html" in headers.get("Accept", "")
    return Kind.DOCUMENT if is_document else Kind.OTHER


def _is_foreign(kind: Kind, headers: Mapping[str, str], origin: str) -> bool:
    given = headers.get("Origin")
    match kind:
        case Kind.DOCUMENT:
            return False  # links from anywhere are welcome; who may frame the answer, its policy says
        case Kind.SOCKET:
            return given != origin  # a browser always names it: without one, nobody knows who asks
        case Kind.OTHER:
            # "same-site" is foreign too: in a company the apps are each other's siblings below one domain.
            return given not in {None, origin} or headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}
