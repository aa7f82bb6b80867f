"""A Plotly figure as its JSON says: traces, axes, colours and values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from vitrina.store.charts.series import AxisType
from vitrina.store.charts.theme import Spec, palette
from vitrina.store.charts.translated import Axis, Key, Row, UntranslatableError, decoded, finite, kind_of, mapping

SHOWS_MORE = ("annotations", "images", "updatemenus", "sliders", "grid", "geo", "polar", "scene", "ternary")
"""Parts of a layout that show something which a translation would lose."""

DASHES = {"solid": [1, 0], "dot": [2, 3], "dash": [7, 3], "longdash": [11, 4], "dashdot": [7, 3, 2, 3]}


@dataclass(frozen=True)
class Figure:
    """The traces that are shown, what they share, and the colours of those that have none."""

    traces: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]
    colorway: Sequence[str]

    @property
    def barmode(self) -> str:
        """How bars of several traces stand: group, stack, relative or overlay."""
        return str(self.layout.get("barmode", "group"))

    @property
    def opacity(self) -> float:
        """That of the first trace, which stands for all."""
        first = self.traces[0]
        return number(mapping(first.get("marker")).get("opacity"), number(first.get("opacity"), 1))


def read(figure: Mapping[str, Any]) -> Figure:
    """The figure, if all its traces share one pair of axes and nothing else is shown."""
    layout = mapping(figure.get("layout"))
    traces = [mapping(trace) for trace in cast("list[object]", figure.get("data") or [])]
    shown = [trace for trace in traces if trace.get("visible", True) is True]
    if not shown or figure.get("frames") or any(layout.get(part) for part in SHOWS_MORE):
        raise UntranslatableError
    if any(trace.get("xaxis", "x") != "x" or trace.get("yaxis", "y") != "y" for trace in shown):
        raise UntranslatableError
    template = mapping(mapping(layout.get("template")).get("layout"))
    colorway = layout.get("colorway") or template.get("colorway") or palette("print").category
    return Figure(shown, layout, cast("Sequence[str]", colorway))


def values(value: object) -> list[Any]:
    """A list of values, from a list or from numbers in base64; NaN and infinities are None."""
    if isinstance(value, list):
        return [finite(item) for item in cast("list[Any]", value)]
    packed = mapping(value)
    if "bdata" in packed and "," not in str(packed.get("shape", "")):
        return [finite(item) for item in decoded(str(packed["bdata"]), str(packed["dtype"]))]
    if value is None:
        return []
    raise UntranslatableError


def matrix(value: object) -> list[list[Any]]:
    """Rows of values, likewise."""
    packed = mapping(value)
    if "bdata" not in packed:
        return [values(row) for row in cast("list[object]", value or [])]
    rows, columns = (int(size) for size in str(packed.get("shape", "0,0")).split(","))
    flat = [finite(item) for item in decoded(str(packed["bdata"]), str(packed["dtype"]))]
    return [flat[row * columns : (row + 1) * columns] for row in range(rows)]


def number(value: object, usual: float) -> float:
    """The value if it is a number, else what is usual."""
    return float(value) if isinstance(value, (int, float)) else usual


def axis(layout: Mapping[str, Any], name: str, found: Sequence[Any]) -> Axis:
    """The axis ("x" or "y") of the values found."""
    described = mapping(layout.get(f"{name}axis"))
    kind, is_log = _kind(described, found), described.get("type") == "log"
    limits = cast("list[Any] | None", described.get("range"))
    if limits and is_log:
        limits = [10 ** float(limit) for limit in limits]
    title = described.get("title")
    return Axis(
        kind=kind,
        title=title if isinstance(title, str) else str(mapping(title).get("text") or ""),
        domain=(limits[0], limits[1]) if limits and kind != "nominal" else None,
        scale="log" if is_log else "linear",
        order=_order(described, found),
        reverse=described.get("autorange") == "reversed",
        format=cast("str | None", described.get("tickformat") or None) if kind == "quantitative" else None,
    )


def keys(figure: Figure) -> list[Key]:
    """The colour of each trace, its own or the next of the colorway, and its name in the legend."""
    found: list[Key] = []
    for place, trace in enumerate(figure.traces):
        marker, line = mapping(trace.get("marker")).get("color"), mapping(trace.get("line")).get("color")
        first, second = (line, marker) if "lines" in str(trace.get("mode", "")) else (marker, line)
        own = first or second
        colour = own if isinstance(own, str) else figure.colorway[place % len(figure.colorway)]
        is_hidden = trace.get("showlegend") is False or figure.layout.get("showlegend") is False
        found.append(Key(colour, "" if is_hidden else name(trace, place)))
    return found


def name(trace: Mapping[str, Any], place: int) -> str:
    """What Plotly calls a trace: by its name, or by its place."""
    return str(trace.get("name") or f"trace {place}")


def colour_each(rows: Sequence[Row], colours: object) -> Spec:
    """The encoding of a colour for each row, as it stands; numbers would need a scale of colours beside the chart."""
    listed = values(colours)
    if len(listed) != len(rows) or not all(isinstance(colour, str) for colour in listed):
        raise UntranslatableError
    for row, colour in zip(rows, listed, strict=True):
        row["c"] = colour
    return {"color": {"field": "c", "type": "nominal", "scale": None}}


def _kind(described: Mapping[str, Any], found: Sequence[Any]) -> AxisType:
    match described.get("type"):
        case "category":
            return "nominal"
        case "date":
            return "temporal"
        case "multicategory":
            raise UntranslatableError
        case _:
            return kind_of(found)


def _order(described: Mapping[str, Any], found: Sequence[Any]) -> list[Any]:
    """The order of names: the author's first, then that of their first coming."""
    named = cast("list[Any]", described.get("categoryarray") or [])
    return list(dict.fromkeys([*named, *(value for value in found if value is not None)]))
