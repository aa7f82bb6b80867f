"""The pass: a cookie that says who came in at one app by a ticket. The app never sees it.

It is host-only, and partitioned, so that it also works where the portal shows the app in a frame; browsers keep it over
plain http on `*.localhost`. Where apps share an origin it lies below the app's path; where neither https nor a name of
this machine allows more, it is an ordinary cookie that only pages of the same site send. Being signed, it needs no
table; being no more than a name, it gives no right: whether its holder may open the app is asked at every request.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from itsdangerous import BadData, URLSafeSerializer

from vitrina.hub.sites import Site

COOKIE = "__Host-vitrina-app"
BELOW_A_PATH = "__Secure-vitrina-app"
"""On a shared origin."""

WEAK = "vitrina-app"
"""Over plain http."""

LIFE = timedelta(hours=12)
"""A day's work; whoever comes back later is sent over the portal once more, and notices nothing."""

LONGEST = 256
"""No pass has more letters."""

REMEMBERED = 4096
"""Cookies whose signature need not be looked at again: a page comes with hundreds of requests."""

SESSION_BYTES = 8
"""Enough that no two browsers at an app are taken for one."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Who may have come in, and where."""

    revision_id: int
    user_id: int | None
    """None: a visitor."""

    session: str = ""
    """Tells what one browser has of the app from what others have, and nothing else."""


@dataclass(frozen=True, slots=True)
class _Signed:
    given: Pass
    expires_at: int


def new_session() -> str:
    """A name for what a browser that comes in will have."""
    return secrets.token_hex(SESSION_BYTES)


class Passes:
    """Writes and reads passes. `clock` gives seconds since 1970."""

    def __init__(self, secret: str, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._signer = URLSafeSerializer(
            secret, salt="vitrina app pass", signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        )
        self._verified = lru_cache(maxsize=REMEMBERED)(self._verify)

    def cookie(self, given: Pass, site: Site) -> str:
        """The value of a Set-Cookie header at an app's place."""
        life_s = int(LIFE.total_seconds())
        value = self._signer.dumps([given.revision_id, given.user_id, given.session, int(self._clock()) + life_s])
        return f"{cookie_name(site)}={value}; Max-Age={life_s}; {_attributes(site)}"

    def read(self, cookies: str, *, revision_id: int, site: Site) -> Pass | None:
        """The pass for this revision in a Cookie header; None when there is none that is genuine and still good.

        An app's page may set a cookie of the same name beside ours, so each is looked at.
        """
        for value in _values(cookies, cookie_name(site)):
            found = self._verified(value)
            if found is not None and found.given.revision_id == revision_id and self._clock() < found.expires_at:
                return found.given
        return None

    def _verify(self, value: str) -> _Signed | None:
        try:
            revision_id, user_id, session, expires_at = self._signer.loads(value)
        except (BadData, ValueError):  # ValueError: genuine, and of an earlier release
            return None
        return _Signed(Pass(revision_id, user_id, session), expires_at)


def cookie_name(site: Site) -> str:
    """What the pass is called there: browsers hold a name's beginning for a promise about its attributes."""
    if not site.keeps_secure_cookies:
        return WEAK
    return BELOW_A_PATH if site.prefix else COOKIE


def _attributes(site: Site) -> str:
    kept = f"Path={site.prefix or '/'}; HttpOnly"
    return f"{kept}; Secure; SameSite=None; Partitioned" if site.keeps_secure_cookies else f"{kept}; SameSite=Lax"


def _values(cookies: str, wanted: str) -> Iterator[str]:
    for pair in cookies.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == wanted and len(value) <= LONGEST and value.isascii():
            yield value
