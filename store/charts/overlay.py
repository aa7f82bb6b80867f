"""The same chart of several versions in one: their rows together, the version as colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from vitrina.store.charts.marks import units
from vitrina.store.charts.series import colour, dash, filled_legend
from vitrina.store.charts.theme import Spec

FIELD = "s"
"""The field that holds the version; a chart that uses this name already is not laid over others."""

LINES = ("line", "trail")
SEE_THROUGH = ("bar", "area", "rect")


def overlay(charts: Sequence[tuple[str, Spec]]) -> Spec | None:
    """One chart from charts of the same making, each with its label; None where they can only stand side by side.

    Of the same making are single charts (one mark) with the same mark and the same fields on the axes, whose colour is
    still free. The first chart gives titles and scales.
    """
    listed = [list(units(spec)) for _, spec in charts]
    if not charts or any(len(found) != 1 for found in listed):
        return None
    singles = [found[0] for found in listed]
    first = singles[0][0]
    if any(not _same(first, unit) for unit, _ in singles):
        return None
    labels = [label for label, _ in charts]
    rows = [
        {**cast("dict[str, Any]", row), FIELD: label}
        for label, (_, rows) in zip(labels, singles, strict=True)
        for row in rows
    ]
    kept = {key: value for key, value in charts[0][1].items() if key not in ("datasets", "data")}
    kept |= {"data": {"values": rows}, "mark": _mark(first["mark"]), "encoding": _encoding(first, labels)}
    return kept


def _same(first: Spec, other: Spec) -> bool:
    encoding = cast("Mapping[str, Any]", other.get("encoding") or {})
    own = cast("Mapping[str, Any]", first.get("encoding") or {})
    taken = {"color", "stroke", "fill", "detail", "strokeDash", "facet", "row", "column"} & set(encoding)
    fields = [_field(encoding, channel)[:1] for channel in encoding]
    axes = all(_field(own, axis) == _field(encoding, axis) for axis in ("x", "y", "x2", "y2"))
    return not taken and (FIELD,) not in fields and axes and _type(first["mark"]) == _type(other["mark"])


def _encoding(unit: Spec, labels: Sequence[str]) -> Spec:
    encoding: Spec = {**cast("Spec", unit.get("encoding") or {})}
    if _type(unit["mark"]) not in LINES:
        telling = {**filled_legend(labels), "field": FIELD}
        return _unstacked(unit["mark"], encoding) | {"color": telling}
    legend = len(labels) > 1
    return encoding | {"color": colour(labels, legend=legend), "strokeDash": dash(labels, legend=legend)}


def _unstacked(mark: object, encoding: Spec) -> Spec:
    """Bars and areas over each other, not on top of each other."""
    if _type(mark) not in SEE_THROUGH:
        return encoding
    return {
        name: {**cast("Spec", channel), "stack": None} if name in ("x", "y") and isinstance(channel, dict) else channel
        for name, channel in encoding.items()
    }


def _mark(mark: object) -> Spec:
    kind = _type(mark)
    own = cast("Spec", mark) if isinstance(mark, dict) else {"type": kind}
    return {**own, "opacity": 0.5} if kind in SEE_THROUGH else own


def _type(mark: object) -> str:
    return str(cast("Mapping[str, Any]", mark).get("type")) if isinstance(mark, Mapping) else str(mark)


def _field(encoding: Mapping[str, Any], channel: str) -> tuple[object, ...]:
    found = encoding.get(channel)
    if not isinstance(found, Mapping):
        return ()
    described = cast("Mapping[str, Any]", found)
    return tuple(str(described.get(key)) for key in ("field", "type", "aggregate", "bin", "timeUnit"))
