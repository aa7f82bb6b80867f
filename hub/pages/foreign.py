"""Reading JSON that a foreign client may have written: what has another form than ours counts as not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

MOST_ROWS = 1e18
"""What claims to have counted more has not."""


def mapping(stored: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", stored) if isinstance(stored, Mapping) else {}


def items(stored: object) -> Sequence[object]:
    return cast("Sequence[object]", stored) if isinstance(stored, list | tuple) else ()


def mappings(stored: object) -> list[Mapping[str, Any]]:
    return [cast("Mapping[str, Any]", one) for one in items(stored) if isinstance(one, Mapping)]


def amount(stored: object) -> float:
    match stored:
        case bool():
            return 0.0
        case int() | float() if 0 <= stored < MOST_ROWS:
            return float(stored)
        case _:
            return 0.0
