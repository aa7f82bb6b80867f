"""The layers of a Bokeh figure: each glyph over the same axes, its rows keyed by colour and name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vitrina.store.charts.bokeh.glyph import Glyph, glyph_of
from vitrina.store.charts.bokeh.plot import Plot, axis, legend
from vitrina.store.charts.bokeh.shapes import SHAPES, Shape
from vitrina.store.charts.theme import Spec
from vitrina.store.charts.translated import Key, Layer, Row, UntranslatableError


@dataclass(frozen=True)
class Drawn:
    """All layers, the series they speak of, and the sign of those in the legend."""

    layers: Sequence[Layer]
    keys: Sequence[Key]
    symbol: str


def drawn(plot: Plot) -> Drawn:
    """The glyphs that are shown, in their order."""
    labels = legend(plot)
    glyphs = [glyph_of(part, plot, labels) for part in plot.parts("renderers") if part.name != "Span"]
    shown = [(glyph, _shape(glyph)) for glyph in glyphs if glyph is not None]
    if not shown:
        raise UntranslatableError
    listed = [shape.rows(glyph) for glyph, shape in shown]
    places = {name: _place(plot, name, listed) for name in ("x", "y")}
    layers: list[Layer] = []
    keys: list[Key] = []
    for (glyph, shape), rows in zip(shown, listed, strict=True):
        keyed, found = _keyed(glyph, shape, rows, first=len(keys))
        keys += found
        layers.append(_layer(glyph, shape, keyed, places))
    return Drawn(layers, keys, "stroke" if all(shape.is_line for _, shape in shown) else "circle")


def _shape(glyph: Glyph) -> Shape:
    if glyph.name not in SHAPES:
        raise UntranslatableError
    return SHAPES[glyph.name]


def _place(plot: Plot, name: str, listed: Sequence[Sequence[Row]]) -> Spec:
    """The encoding of one axis; bars and areas reach to what they stand on, so it begins where their data does."""
    found = [row[key] for rows in listed for row in rows for key in (name, f"{name}2") if key in row]
    return axis(plot, name, found).encoding(name, zero=False)


def _keyed(glyph: Glyph, shape: Shape, rows: Sequence[Row], *, first: int) -> tuple[list[Row], list[Key]]:
    """The rows with the key of their series, and the series in the order of their keys from `first`."""
    keys: dict[Key, str] = {}
    keyed: list[Row] = []
    for row, colour, name in zip(rows, glyph.colours(shape.paint), glyph.names(), strict=False):
        key = Key(str(colour), "" if name is None else str(name))
        keyed.append({**row, "k": keys.setdefault(key, str(first + len(keys)))})
    return keyed, list(keys)


def _layer(glyph: Glyph, shape: Shape, rows: list[Row], places: Mapping[str, Spec]) -> Layer:
    encoding: Spec = {**places}
    encoding |= {name: {"field": name} for name in ("x2", "y2") if rows and name in rows[0]}
    if shape.is_line:
        # Bokeh joins points in the order given, Vega-Lite in that of x.
        rows = [{**row, "n": step} for step, row in enumerate(rows)]
        encoding["order"] = {"field": "n", "type": "quantitative"}
    return Layer(rows, shape.mark(glyph), encoding)
