"""What goes into a model and what comes out, and how the columns of a dataset are spread, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitrina.hub import format as fmt
from vitrina.hub.pages.drawing import Bar, bars
from vitrina.hub.pages.foreign import amount, items, mapping, mappings

MOST_WORDS = 6
"""Words of a field that are listed."""


@dataclass(frozen=True)
class Field:
    """One input or output of a model; what the example did not tell is a dash."""

    name: str
    type: str
    low: str
    high: str
    values: str
    """The words that came: all there may be of a category, else those of the example."""


@dataclass(frozen=True)
class Signature:
    inputs: Sequence[Field]
    outputs: Sequence[Field]

    @property
    def names(self) -> list[str]:
        """The inputs' names; none for a plain array."""
        return [field.name for field in self.inputs] if len(self.inputs) > 1 else []


def signature_of(stored: Mapping[str, Any] | None) -> Signature | None:
    """The signature as the store keeps it (see `vitrina.store.signature`). None: none, or one of columns only."""
    if not stored or not (inputs := mappings(stored.get("inputs"))):
        return None
    return Signature([_field(one) for one in inputs], [_field(one) for one in mappings(stored.get("outputs"))])


def _field(one: Mapping[str, Any]) -> Field:
    shape = " × ".join("any" if length == -1 else str(length) for length in items(one.get("shape")))
    words = items(one.get("categories")) or items(one.get("values"))
    return Field(
        name=str(one.get("name") or fmt.MISSING),
        type=f"{one.get('type') or ''} {shape}".strip(),
        low=_bound(one.get("min")),
        high=_bound(one.get("max")),
        values=_listed(words),
    )


def _listed(words: Sequence[object]) -> str:
    return ", ".join(str(word) for word in words[:MOST_WORDS]) + (", …" if len(words) > MOST_WORDS else "")


def _bound(value: object) -> str:
    return fmt.given(value) if isinstance(value, int | float) and not isinstance(value, bool) else fmt.MISSING


@dataclass(frozen=True)
class ProfiledColumn:
    name: str
    type: str
    bars: Sequence[Bar]
    spread: str
    """What the drawing shows, in words."""

    low: str
    high: str
    distinct: str
    missing: str


def columns_of(summary: Mapping[str, Any]) -> list[ProfiledColumn]:
    """The columns of a dataset from its `profile` (see `vitrina.store.profile`); empty where there is none."""
    profile = mapping(summary.get("profile"))
    rows = profile.get("rows")
    return [_column(one, rows if isinstance(rows, int) else 0) for one in mappings(profile.get("columns"))]


def _column(one: Mapping[str, Any], rows: int) -> ProfiledColumn:
    top = mappings(one.get("top"))
    counts, rest = _counts(one, top)
    low, high = _bounds(one, top)
    unit = one.get("unit")
    return ProfiledColumn(
        name=f"{one.get('name')}, {unit}" if unit else str(one.get("name")),
        type=str(one.get("type") or fmt.MISSING),
        bars=bars(counts, rest=rest),
        spread=f"from {low} to {high}" if high != fmt.MISSING else f"most often {low}",
        low=low,
        high=high,
        distinct=fmt.given(one.get("distinct")),
        missing=fmt.percent(_missing(one) / rows) if rows else fmt.MISSING,
    )


def _missing(one: Mapping[str, Any]) -> int:
    return int(amount(one.get("nulls")) + amount(one.get("nan")))


def _bounds(one: Mapping[str, Any], top: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """The ends of numbers, of times as dates; of words the most frequent one, and no other end."""
    low, high = one.get("min"), one.get("max")
    if isinstance(low, int | float) and isinstance(high, int | float):
        return _bound(low), _bound(high)
    if isinstance(low, str) and isinstance(high, str):
        return low.partition("T")[0], high.partition("T")[0]
    return (fmt.given(top[0].get("value")) if top else fmt.MISSING), fmt.MISSING


def _counts(one: Mapping[str, Any], top: Sequence[Mapping[str, Any]]) -> tuple[list[float], float]:
    """Heights of a histogram; without one those of the most frequent values, all others as the rest."""
    if counted := items(mapping(one.get("histogram")).get("counts")):
        return [amount(each) for each in counted], 0.0
    shown = [amount(value.get("count")) for value in top]
    return shown, max(0.0, amount(one.get("count")) - sum(shown)) if shown else 0.0
