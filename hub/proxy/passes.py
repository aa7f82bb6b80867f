"""The pass: a cookie of one app's origin that says who came in by a ticket. The app never sees it.

It is host-only, and partitioned, so that it also works where the portal shows the app in a frame; browsers keep it over
plain http on `*.localhost`. Being signed, it needs no table; being no more than a name, it gives no right: whether its
holder may still open the app is asked at every request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from itsdangerous import BadData, URLSafeSerializer

COOKIE = "__Host-vitrina-app"

LIFE = timedelta(hours=12)
"""A day's work; whoever comes back later is sent over the portal once more, and notices nothing."""

_ATTRIBUTES = "Path=/; HttpOnly; Secure; SameSite=None; Partitioned"


LONGEST = 256
"""No pass has more letters."""

REMEMBERED = 4096
"""Cookies whose signature need not be looked at again: a page comes with hundreds of requests."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Who may have come in, and where."""

    revision_id: int
    user_id: int | None
    """None: a visitor."""


@dataclass(frozen=True, slots=True)
class _Signed:
    given: Pass
    expires_at: int


class Passes:
    """Writes and reads passes. `clock` gives seconds since 1970."""

    def __init__(self, secret: str, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._signer = URLSafeSerializer(
            secret, salt="vitrina app pass", signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        )
        self._verified = lru_cache(maxsize=REMEMBERED)(self._verify)

    def cookie(self, given: Pass) -> str:
        """The value of a Set-Cookie header."""
        life_s = int(LIFE.total_seconds())
        value = self._signer.dumps([given.revision_id, given.user_id, int(self._clock()) + life_s])
        return f"{COOKIE}={value}; Max-Age={life_s}; {_ATTRIBUTES}"

    def read(self, cookies: str, *, revision_id: int) -> Pass | None:
        """The pass for this revision in a Cookie header; None when there is none that is genuine and still good.

        An app's page may set a cookie of the same name beside ours, so each is looked at.
        """
        for value in _values(cookies):
            found = self._verified(value)
            if found is not None and found.given.revision_id == revision_id and self._clock() < found.expires_at:
                return found.given
        return None

    def _verify(self, value: str) -> _Signed | None:
        try:
            revision_id, user_id, expires_at = self._signer.loads(value)
        except BadData:
            return None
        return _Signed(Pass(revision_id, user_id), expires_at)


def _values(cookies: str) -> Iterator[str]:
    for pair in cookies.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE and len(value) <= LONGEST and value.isascii():
            yield value
