"""Values as JSON takes them: what NumPy, pandas, Polars and Arrow hold becomes plain, and nothing is ever a NaN
token."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any, cast
from uuid import UUID

from vitrina.store.errors import InvalidError


def plain(value: object) -> Any:
    """The value as JSON has it. NaN, infinities and missing values become null, arrays lists, times ISO 8601.

    Raises InvalidError for what JSON has no form for.
    """
    match value:
        case None | bool() | str():
            return value
        case Enum():
            return plain(value.value)
        case int():
            return int(value)
        case float():
            return float(value) if math.isfinite(value) else None
        case Mapping():
            items = cast("Mapping[object, object]", value).items()
            return {str(plain(key)): plain(item) for key, item in items}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in cast("Iterable[object]", value)]
        case _:
            return _plain_object(value)


def encode(value: object) -> bytes:
    """`plain` as canonical JSON in UTF-8: no spaces, keys in the order given, no NaN token."""
    return json.dumps(plain(value), allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def numbers(values: Iterable[object]) -> list[float | None]:
    """Numbers of a list, array or column; None where one is missing, NaN or infinite. Raises InvalidError for
    others."""
    listed = plain(values if hasattr(values, "tolist") else list(values))
    for item in cast("list[object]", listed):
        if item is not None and not isinstance(item, (int, float)):
            raise InvalidError(f"{item!r} is not a number.")
    return listed


def _plain_object(value: object) -> Any:
    if type(value).__name__ in ("NaTType", "NAType"):
        return None
    match value:
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Decimal():
            return plain(float(value))
        case UUID() | PurePath():
            return str(value)
        case _:
            pass
    for method in ("tolist", "to_list", "to_pylist", "as_py"):
        if callable(convert := getattr(value, method, None)):
            return _plain_if_new(convert(), value)
    raise InvalidError(f"A {type(value).__qualname__} has no form in JSON.")


def _plain_if_new(converted: object, value: object) -> Any:
    if type(converted) is type(value):
        raise InvalidError(f"A {type(value).__qualname__} has no form in JSON.")
    return plain(converted)


def number(value: object) -> float | None:
    """One number; None where it is missing, NaN or infinite. Raises InvalidError for others."""
    return numbers([value])[0]
