"""One value by name over all sides, and whether it differs."""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class Missing:
    """A side has nothing of that name; None is a value like others."""

    def __repr__(self) -> str:
        return "–"


MISSING = Missing()


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    values: tuple[Any, ...]
    """One a side; MISSING where it has none."""

    differs: bool


def rows(sides: Sequence[Mapping[str, Any]]) -> list[Row]:
    """A row for every name that any side has, in the order of names."""
    names = sorted({name for side in sides for name in side})
    return [row(name, [side.get(name, MISSING) for side in sides]) for name in names]


def row(name: str, values: Sequence[Any]) -> Row:
    return Row(name, tuple(values), differs=len({identity(value) for value in values}) > 1)


def identity(value: Any) -> Hashable:
    """What two values have in common that are the same: 1 is 1.0 but not true, NaN is NaN."""
    match value:
        case bool() | None | str():
            return (type(value).__name__, value)
        case int():
            return ("number", value)
        case float():
            return ("number", "nan" if math.isnan(value) else value)
        case Missing():
            return "missing"
        case _:
            return ("json", json.dumps(value, sort_keys=True, default=str))
