"""Numbers as colours: the scale that the markers of a figure share, and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from vitrina.store.charts.plotly.figure import Figure, values
from vitrina.store.charts.theme import Spec
from vitrina.store.charts.translated import UntranslatableError, mapping

SCHEMES = ("viridis", "plasma", "inferno", "magma", "cividis", "turbo", "rainbow")


@dataclass(frozen=True)
class Gradient:
    """From the number `low` to `high` through the colours, which are at their places of 0 to 1, or Vega's scheme of
    that name. `legend` is None where no scale is shown."""

    low: float
    high: float
    colours: Sequence[tuple[float, str]] | str
    legend: Spec | None

    def encoding(self, field: str) -> Spec:
        """The encoding of a field's numbers."""
        if isinstance(self.colours, str):
            scale: Spec = {"domain": [self.low, self.high], "scheme": self.colours}
        else:
            span = self.high - self.low
            domain = [self.low + place * span for place, _ in self.colours]
            scale = {"domain": domain, "range": [colour for _, colour in self.colours]}
        scale["clamp"] = True
        title = self.legend.get("title") if self.legend else None
        return {"field": field, "type": "quantitative", "scale": scale, "title": title, "legend": self.legend}


def gradient(figure: Figure) -> Gradient | None:
    """The scale of the markers' numbers; None where no marker is coloured by a number.

    Markers of which some have numbers and some have not, or which have different scales, are not translated.
    """
    markers = [mapping(trace.get("marker")) for trace in figure.traces]
    numeric = [_numbers(marker) for marker in markers]
    if not any(numeric):
        return None
    if not all(numeric):
        raise UntranslatableError
    axes = [_axis(figure, marker) for marker in markers]
    every = [value for found in numeric for value in found if value is not None]
    own = len(markers) == 1 or all("coloraxis" in marker for marker in markers)
    spans = {_span(axis, every if own else []) for axis in axes}
    scales = {str(_colours(figure, axis)) for axis in axes}
    if len(spans) > 1 or len(scales) > 1:
        raise UntranslatableError
    low, high = spans.pop()
    return Gradient(low, high, _colours(figure, axes[0]), _legend(axes))


def numbers(trace: Mapping[str, Any]) -> list[Any]:
    """The numbers that colour a trace's markers."""
    return _numbers(mapping(trace.get("marker")))


def _numbers(marker: Mapping[str, Any]) -> list[Any]:
    colour = marker.get("color", "")
    found = [] if isinstance(colour, str) else values(colour)
    return found if any(isinstance(value, (int, float)) for value in found) else []


def _axis(figure: Figure, marker: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where a marker's scale is described: in the layout, for all, or in the marker itself."""
    name = marker.get("coloraxis")
    return {"showscale": True, **mapping(figure.layout.get(str(name)))} if name else marker


def _span(axis: Mapping[str, Any], found: Sequence[float]) -> tuple[float, float]:
    low, high = axis.get("cmin"), axis.get("cmax")
    if isinstance(low, (int, float)) and isinstance(high, (int, float)):
        return float(low), float(high)
    if axis.get("cmid") is not None or not found:
        raise UntranslatableError
    return min(found), max(found)


def _colours(figure: Figure, axis: Mapping[str, Any]) -> Sequence[tuple[float, str]] | str:
    template = mapping(mapping(figure.layout.get("template")).get("layout"))
    chosen = axis.get("colorscale") or mapping(template.get("colorscale")).get("sequential")
    if isinstance(chosen, str) and chosen.lower() in SCHEMES and not axis.get("reversescale"):
        return chosen.lower()
    if not isinstance(chosen, list):
        raise UntranslatableError
    stops = [(float(place), str(colour)) for place, colour in cast("list[tuple[Any, Any]]", chosen)]
    if axis.get("reversescale"):
        stops = [(1 - place, colour) for place, colour in reversed(stops)]
    return stops


def _legend(axes: Sequence[Mapping[str, Any]]) -> Spec | None:
    shown = [axis for axis in axes if axis.get("showscale", "colorbar" in axis)]
    if not shown:
        return None
    bar = mapping(shown[0].get("colorbar"))
    title = bar.get("title")
    words = title if isinstance(title, str) else str(mapping(title).get("text") or "")
    return {"title": words or None, **({"format": bar["tickformat"]} if bar.get("tickformat") else {})}
