"""How much a chart has to draw: print makes a picture of pixels where an SVG would hold too many elements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from vitrina.store.charts.theme import Spec

Rows: TypeAlias = Sequence[Any]

PARTS = ("layer", "hconcat", "vconcat", "concat")
PATHS = ("line", "area", "trail", "errorband")
VERTICES = 100
"""So many points of a line cost about as much as one mark of its own."""


def marks(spec: Spec) -> int:
    """About how many elements the drawn chart has: one a row; for a line one a hundred points.

    Groups of rows that the chart aggregates count once. Rows that are filtered while drawing count all the same.
    """
    return sum(_of_unit(unit, rows) for unit, rows in units(spec))


def units(spec: Spec, inherited: Rows = (), datasets: Mapping[str, Any] | None = None) -> Iterator[tuple[Spec, Rows]]:
    """Every single chart in a spec, with the rows it draws."""
    known = {**(datasets or {}), **cast("dict[str, Any]", spec.get("datasets") or {})}
    rows = _rows(spec.get("data"), known)
    rows = inherited if rows is None else rows
    if "mark" in spec:
        yield spec, rows
    for part in PARTS:
        for child in cast("list[Spec]", spec.get(part) or []):
            yield from units(child, rows, known)
    if isinstance(inner := spec.get("spec"), dict):
        yield from units(cast("Spec", inner), rows, known)


def _rows(data: object, known: Mapping[str, Any]) -> Rows | None:
    """The rows of inline data, None where the chart above has them."""
    if not isinstance(data, Mapping):
        return None
    described = cast("Mapping[str, Any]", data)
    values = described["values"] if "values" in described else known.get(str(described.get("name")), [])
    if isinstance(sequence := described.get("sequence"), Mapping):
        return _sequence(cast("Mapping[str, float]", sequence))
    return cast("Rows", values) if isinstance(values, list) else []


def _sequence(sequence: Mapping[str, float]) -> Rows:
    start, stop, step = sequence.get("start", 0), sequence.get("stop", 0), sequence.get("step", 1)
    return range(max(0, int((stop - start) / step))) if step else []


def _of_unit(unit: Spec, rows: Rows) -> int:
    mark = unit["mark"]
    kind = cast("Spec", mark).get("type") if isinstance(mark, Mapping) else mark
    encoding = cast("dict[str, Any]", unit.get("encoding") or {})
    count = _groups(encoding, rows) if _aggregates(encoding) else len(rows)
    return -(-count // VERTICES) if kind in PATHS else count


def _aggregates(encoding: Mapping[str, Any]) -> bool:
    return any(isinstance(channel, Mapping) and "aggregate" in channel for channel in encoding.values())


def _groups(encoding: Mapping[str, Any], rows: Rows) -> int:
    """How many groups an aggregation makes: the different values of all that is not aggregated."""
    channels = [cast("Mapping[str, Any]", channel) for channel in encoding.values() if isinstance(channel, Mapping)]
    fields = [str(channel["field"]) for channel in channels if "field" in channel and "aggregate" not in channel]
    named = [cast("Mapping[str, Any]", row) for row in rows if isinstance(row, Mapping)]
    return len({tuple(str(row.get(field)) for field in fields) for row in named})
