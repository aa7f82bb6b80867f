"""Any value as plain ones: what JSON has words for, and a few words for what it has none for. Standard library only.

Numbers that are none are "NaN", "Infinity" and "-Infinity". Arrays, frames and columns of NumPy, pandas, polars and
torch become lists as long as they are small; what is large, or of an unknown kind, is only named.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import math
import pathlib
import uuid
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any

MOST_ITEMS = 10_000
"""Of one array; a longer one would not fit into an entry anyway, and takes long to be written out."""

MOST_DEEP = 24
"""What lies deeper in one another is only named."""


def plain(value: Any, *, deep: int = 0) -> Any:
    """The value in JSON's types. Raises what the value's own code raises."""
    match value:
        case None | bool() | str():
            return str(value) if isinstance(value, str) else value
        case enum.Enum():
            return plain(value.value, deep=deep)
        case int():
            return int(value)
        case float():
            return _number(float(value))
        case datetime.date() | datetime.time():
            return value.isoformat()
        case datetime.timedelta():
            return value.total_seconds()
        case decimal.Decimal():
            return _number(float(value))
        case pathlib.PurePath() | uuid.UUID():
            return str(value)
        case _ if deep >= MOST_DEEP:
            return named(value)
        case Mapping():
            return {str(name): plain(inner, deep=deep + 1) for name, inner in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case list() | tuple() | AbstractSet():
            return [plain(inner, deep=deep + 1) for inner in value]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return _of_library(value, deep=deep)


def named(value: Any) -> str:
    """A value that is not written out: its kind, and how large it is where it says so."""
    if isinstance(value, bytes | bytearray):
        return f"<{len(value)} bytes>"
    extent = getattr(value, "shape", None) or getattr(value, "size", None)
    return f"<{type(value).__name__}{f' {extent}' if isinstance(extent, tuple | int | str) else ''}>"


def _of_library(value: Any, *, deep: int) -> Any:
    """A value by what it can do: no library is imported to know its types."""
    if isinstance(value, type | bytes | bytearray | memoryview) or _items(value) > MOST_ITEMS:
        return named(value)
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name), deep=deep + 1) for field in fields(value)}
    if callable(rows := getattr(value, "to_dicts", None)):  # polars
        return plain(rows(), deep=deep + 1)
    if hasattr(value, "columns") and callable(rows := getattr(value, "to_dict", None)):  # pandas
        return plain(rows(orient="records"), deep=deep + 1)
    for name in ("tolist", "to_list", "isoformat", "model_dump"):
        if callable(made := getattr(value, name, None)):
            return plain(made(), deep=deep + 1)
    return named(value)


def _items(value: Any) -> int:
    """How many values it holds, by its shape; 1 where it has none."""
    shape = getattr(value, "shape", None)
    return math.prod(shape) if isinstance(shape, tuple) and all(isinstance(side, int) for side in shape) else 1  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
