"""Names of owners, projects, collections, apps and reports, and the words that no owner may be called."""

from __future__ import annotations

import re

from vitrina.store.errors import InvalidError

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

RESERVED_OWNERS = frozenset(
    ["api", "healthz", "readyz", "metrics", "static", "login", "search", "home", "settings", "admin", "share", "new"],
)
"""First path segments that the hub needs for itself."""


class BadNameError(InvalidError):
    """A name does not fit the rule."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(
            f"{name!r} cannot be the name of {what}.",
            hint="Use 1 to 64 of a-z, 0-9, - and _, beginning with a letter or digit; a title can stand beside it.",
        )


class ReservedNameError(InvalidError):
    """An owner's name is one that the hub's own addresses use."""

    def __init__(self, name: str) -> None:
        super().__init__(f"No owner can be called {name!r}: the hub uses that address.", hint="Choose another name.")


def name_of(what: str, name: str) -> str:
    """The name in the one form in which it is stored and compared (lower case); `what` is for the message."""
    folded = name.lower()
    if not NAME.fullmatch(folded):
        raise BadNameError(what, name)
    return folded


def owner_name(name: str) -> str:
    """Like `name_of`, for owners, who may not take a reserved word."""
    folded = name_of("an owner", name)
    if folded in RESERVED_OWNERS:
        raise ReservedNameError(folded)
    return folded
