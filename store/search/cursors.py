"""Where a page ended, as an opaque text that only the same search takes."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from vitrina.store.search.errors import CursorError


def fingerprint(*parts: object) -> str:
    """Tells one search from another; a relative time in it stays the same."""
    return hashlib.sha256("\0".join(map(str, parts)).encode(errors="replace")).hexdigest()[:12]


def to_text(search: str, place: Sequence[Any]) -> str:
    written = json.dumps([search, *(_out(value) for value in place)], separators=(",", ":"))
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def from_text(text: str, search: str, *, types: Sequence[type]) -> list[Any]:
    """The place, values of these types. Raises CursorError for anything that this search did not give out."""
    try:
        given = cast(
            "list[Any]", json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        )
        if given[0] != search or [type(_in(value)) for value in given[1:]] != list(types):
            raise CursorError
        return [_in(value) for value in given[1:]]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        raise CursorError from None


def _out(value: Any) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _in(value: Any) -> Any:
    match value:
        case {"at": str(at)}:
            return datetime.fromisoformat(at)
        case int() if not -(2**63) <= value < 2**63:
            raise CursorError
        case int() | float() | str():
            return value
        case _:
            raise CursorError
