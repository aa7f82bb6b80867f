"""What goes into a model and what comes out, and how the columns of a dataset are spread, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from vitrina.hub import format as fmt
from vitrina.hub.pages.drawing import Bar, bars


@dataclass(frozen=True)
class Field:
    """One input or output of a model; a missing bound is a dash."""

    name: str
    type: str
    low: str
    high: str
    missing: str


@dataclass(frozen=True)
class Signature:
    inputs: Sequence[Field]
    outputs: Sequence[Field]

    @property
    def names(self) -> list[str]:
        return [field.name for field in self.inputs]


def signature_of(stored: Mapping[str, Any] | None) -> Signature | None:
    """The signature as the store keeps it: `inputs` and `outputs`, each a list of fields. None: none was found."""
    if not stored:
        return None
    return Signature(_fields(stored.get("inputs")), _fields(stored.get("outputs")))


def _fields(stored: object) -> list[Field]:
    return [_field(cast("Mapping[str, Any]", one)) for one in cast("Sequence[object]", stored or ()) if _is_field(one)]


def _is_field(one: object) -> bool:
    return isinstance(one, Mapping)


def _field(one: Mapping[str, Any]) -> Field:
    bounds = [one.get("min"), one.get("max")]
    precision = fmt.precision_of([bound for bound in bounds if isinstance(bound, int | float)])
    low, high = (precision.show(bound) if isinstance(bound, int | float) else fmt.MISSING for bound in bounds)
    missing = one.get("missing")
    return Field(
        name=str(one.get("name") or "–"),
        type=str(one.get("type") or "–"),
        low=low,
        high=high,
        missing=fmt.percent(missing) if isinstance(missing, int | float) and missing else fmt.MISSING,
    )


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
    """The columns of a dataset from its summary (`columns`, each with a profile); empty where there is none."""
    stored = cast("Sequence[object]", summary.get("columns") or ())
    rows = summary.get("rows")
    return [_column(cast("Mapping[str, Any]", one), rows) for one in stored if _is_field(one)]


def _column(one: Mapping[str, Any], rows: object) -> ProfiledColumn:
    counts, rest = _counts(one)
    field = _field({**one, "missing": _share(one.get("missing"), rows)})
    top = [
        str(cast("Mapping[str, Any]", value).get("value")) for value in cast("Sequence[object]", one.get("top") or ())
    ]
    is_numeric = field.low != fmt.MISSING
    spread = f"from {field.low} to {field.high}" if is_numeric else ", ".join(top[:3])
    return ProfiledColumn(
        name=field.name,
        type=field.type,
        bars=bars(counts, rest=rest),
        spread=spread or "no values",
        low=field.low if is_numeric else (top[0] if top else fmt.MISSING),
        high=field.high,
        distinct=fmt.given(one.get("distinct")),
        missing=field.missing,
    )


def _counts(one: Mapping[str, Any]) -> tuple[list[float], float]:
    """Heights of a histogram, else of the most frequent values with all others as the rest."""
    histogram = cast("Mapping[str, Any]", one.get("histogram") or {})
    if histogram.get("counts"):
        return [float(amount) for amount in histogram["counts"]], 0.0
    top = cast("Sequence[Mapping[str, Any]]", one.get("top") or ())
    return [float(value.get("count", 0)) for value in top], float(one.get("others") or 0)


def _share(missing: object, rows: object) -> float | None:
    if isinstance(missing, int | float) and isinstance(rows, int) and rows > 0:
        return missing / rows
    return None
