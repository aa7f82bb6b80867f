"""One glyph of a Bokeh figure, with the data that it draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from vitrina.store.charts.bokeh.document import Thing, columns, scalar, thing
from vitrina.store.charts.bokeh.plot import Plot
from vitrina.store.charts.theme import palette
from vitrina.store.charts.translated import UntranslatableError, mapping

Values: TypeAlias = list[Any]


@dataclass(frozen=True)
class Glyph:
    """Its class and attributes, the columns it draws, and how the legend calls it (`@column`: by the values there)."""

    name: str
    attributes: Mapping[str, Any]
    columns: Mapping[str, Values]
    plot: Plot
    label: str

    @property
    def length(self) -> int:
        """How many rows it draws."""
        return max((len(column) for column in self.columns.values()), default=0)

    def values(self, name: str, usual: Any = None) -> Values:
        """An attribute for each row: a column's values, or one value for all. What is not there is `usual`, or without
        that the column of the attribute's name."""
        described = mapping(self.attributes.get(name))
        if described.get("transform"):
            raise UntranslatableError
        if described.get("type") == "field":
            return self._column(str(described["field"]))
        if name not in self.attributes and usual is None:
            return self._column(name)
        return [self.single(name, usual)] * self.length

    def single(self, name: str, usual: Any = None) -> Any:
        """An attribute that is one value for all rows."""
        value = self.attributes.get(name, usual)
        described = mapping(value)
        if described.get("type") == "field":
            raise UntranslatableError
        return scalar(described.get("value") if described.get("type") == "value" else value)

    def names(self) -> Values:
        """The legend's name for each row."""
        return self._column(self.label[1:]) if self.label.startswith("@") else [self.label] * self.length

    def colours(self, attribute: str) -> Values:
        """The colour of each row: one for all, a column of colours, or one for each category."""
        described = mapping(self.attributes.get(attribute))
        mapper = thing(described.get("transform"), self.plot.known)
        if mapper is None:
            return self.values(attribute, palette("print").category[0])
        if mapper.name != "CategoricalColorMapper":
            raise UntranslatableError
        factors = [scalar(factor) for factor in cast("list[object]", mapper.attributes.get("factors") or [])]
        colours = cast("list[str]", mapper.attributes.get("palette") or [])
        chosen = dict(zip(factors, colours, strict=False))
        other = str(mapper.attributes.get("nan_color", "gray"))
        return [chosen.get(value, other) for value in self._column(str(described.get("field")))]

    def _column(self, name: str) -> Values:
        if name not in self.columns:
            raise UntranslatableError
        return self.columns[name]


def glyph_of(renderer: Thing, plot: Plot, labels: Mapping[str, str]) -> Glyph | None:
    """The glyph of a renderer that draws all of its data; None where it is hidden."""
    if renderer.name != "GlyphRenderer":
        raise UntranslatableError
    if renderer.attributes.get("visible") is False:
        return None
    found = thing(renderer.attributes.get("glyph"), plot.known)
    view = thing(renderer.attributes.get("view"), plot.known)
    chosen = thing(view.attributes.get("filter"), plot.known) if view else None
    if found is None or (chosen is not None and chosen.name != "AllIndices"):
        raise UntranslatableError
    data = columns(thing(renderer.attributes.get("data_source"), plot.known))
    return Glyph(found.name, found.attributes, data, plot, labels.get(renderer.id, ""))
