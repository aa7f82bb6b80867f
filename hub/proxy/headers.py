"""What holds for headers both ways, to the app (`request_headers`) and to the browser (`response_headers`). Pure.

Both ways: nothing that is meant for one connection only (RFC 9110, 7.6.1), and none of the hub's cookies.
"""

from __future__ import annotations

from collections.abc import Iterable

HOP_BY_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization"),
        *("te", "trailer", "transfer-encoding", "upgrade", "expect"),
    }
)

OUR_COOKIES = ("__host-vitrina", "__secure-vitrina", "vitrina")
"""How the names of the hub's cookies begin: an app neither gets nor sets them."""


def named_in_connection(values: Iterable[str]) -> frozenset[str]:
    """The names, in lower case, that Connection headers say to be for one connection only."""
    return frozenset(name.strip().lower() for value in values for name in value.split(","))


def text(value: str) -> str:
    """A header that can be written: bytes that are no UTF-8 (surrogates, as aiohttp gives them) count as Latin-1."""
    if value.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in value):
        return value
    return value.encode(errors="surrogateescape").decode("latin-1")
