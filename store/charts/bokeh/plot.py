"""A Bokeh figure: its axes, its legend, and the lines across it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from vitrina.store.charts.bokeh.document import Objects, Thing, objects, scalar, thing, things
from vitrina.store.charts.series import AxisType
from vitrina.store.charts.theme import Spec, palette
from vitrina.store.charts.translated import Axis, UntranslatableError, mapping

SIDES = {"x": ("below", "above"), "y": ("left", "right")}
KNOWN_BESIDE = ("LinearAxis", "LogAxis", "CategoricalAxis", "DatetimeAxis")
KNOWN_WITHIN = ("Grid", "Legend", "Span")
DASHES = {"solid": [1, 0], "dashed": [7, 3], "dotted": [2, 3], "dotdash": [2, 3, 7, 3], "dashdot": [7, 3, 2, 3]}


@dataclass(frozen=True)
class Plot:
    """A figure and the objects of its document."""

    root: Thing
    known: Objects

    def part(self, name: str) -> Thing | None:
        """The object that an attribute of the figure names."""
        return thing(self.root.attributes.get(name), self.known)

    def parts(self, name: str) -> list[Thing]:
        """The objects of an attribute that is a list."""
        return things(self.root.attributes.get(name), self.known)


def read(item: Mapping[str, Any]) -> Plot:
    """The only figure of an item, if nothing stands on it that a translation would lose."""
    roots = cast("list[object]", mapping(item.get("doc")).get("roots") or [])
    known = objects({"roots": roots})
    root = thing(roots[0], known) if len(roots) == 1 else None
    if root is None or root.name not in ("Figure", "figure"):
        raise UntranslatableError
    plot = Plot(root, known)
    beside = [part.name for side in ("below", "left", "above", "right") for part in plot.parts(side)]
    within = [part.name for part in plot.parts("center")]
    if any(name not in (*KNOWN_BESIDE, "Legend") for name in beside) or any(
        name not in KNOWN_WITHIN for name in within
    ):
        raise UntranslatableError
    if root.attributes.get("extra_x_ranges") or root.attributes.get("extra_y_ranges"):
        raise UntranslatableError
    return plot


def axis(plot: Plot, name: str, found: Sequence[Any]) -> Axis:
    """The axis ("x" or "y") over the values that the glyphs have there."""
    guide = next((part for side in SIDES[name] for part in plot.parts(side) if part.name in KNOWN_BESIDE), None)
    span, scale = plot.part(f"{name}_range"), plot.part(f"{name}_scale")
    title = str(guide.attributes.get("axis_label") or "") if guide else ""
    if span is not None and span.name == "FactorRange":
        order = [scalar(factor) for factor in cast("list[object]", span.attributes.get("factors") or [])]
        # Bokeh counts names from the bottom, Vega-Lite from the top.
        return Axis("nominal", title, order=order, reverse=name == "y")
    kind: AxisType = "temporal" if guide is not None and guide.name == "DatetimeAxis" else "quantitative"
    if any(isinstance(value, str) for value in found):
        raise UntranslatableError
    is_log = scale is not None and scale.name == "LogScale"
    return Axis(kind, title, domain=_domain(span), scale="log" if is_log else "linear")


def _domain(span: Thing | None) -> tuple[Any, Any] | None:
    if span is None or span.name == "DataRange1d":
        return None
    return scalar(span.attributes.get("start", 0)), scalar(span.attributes.get("end", 1))


def legend(plot: Plot) -> dict[str, str]:
    """What the legend says of renderers: by their ids a name, or `@column` where each value has one."""
    labels: dict[str, str] = {}
    for guide in (part for side in ("center", "right", "left", "above", "below") for part in plot.parts(side)):
        for entry in things(guide.attributes.get("items"), plot.known) if guide.name == "Legend" else []:
            label = mapping(entry.attributes.get("label"))
            words = f"@{label['field']}" if label.get("type") == "field" else str(label.get("value", ""))
            labels |= {renderer.id: words for renderer in things(entry.attributes.get("renderers"), plot.known)}
    return labels


def spans(plot: Plot) -> list[Spec]:
    """A layer for each line across the figure."""
    found = [part for name in ("center", "renderers") for part in plot.parts(name) if part.name == "Span"]
    rules: list[Spec] = []
    for span in found:
        upright = span.attributes.get("dimension", "width") == "height"
        mark: Spec = {
            "type": "rule",
            "color": span.attributes.get("line_color") or palette("print").ink_2,
            "strokeWidth": span.attributes.get("line_width", 1),
            "strokeDash": dash(span.attributes.get("line_dash", "solid")),
        }
        place = scalar(span.attributes.get("location"))
        rules.append({"data": {"values": [{}]}, "mark": mark, "encoding": {"x" if upright else "y": {"datum": place}}})
    return rules


def dash(value: object) -> Sequence[float]:
    """A pattern of strokes and gaps, from Bokeh's word for it or as it stands."""
    if isinstance(value, list):
        return cast("list[float]", value) or DASHES["solid"]
    return list(DASHES.get(str(value), DASHES["solid"]))
