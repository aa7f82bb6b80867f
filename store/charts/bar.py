"""Bars: one number for each name, for one group or several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vitrina.store.charts import numbers
from vitrina.store.charts.data import numbers as plain_numbers
from vitrina.store.charts.data import plain
from vitrina.store.charts.series import SCHEMA, filled_legend
from vitrina.store.charts.theme import Spec
from vitrina.store.errors import InvalidError

WIDEST = 24
"""Pixels that a bar is thick at most."""

ROW = 28
"""Pixels between lying bars."""

LABELLED = 24
"""Up to so many bars say their value at their end, unless they stand side by side, where there is no room."""

ROOM = 20
"""Pixels beyond the bars' ends, where a value below zero would else stand among the names."""


def bar(
    names: Sequence[str], groups: Mapping[str, Sequence[float | None]], *, x: str = "", y: str = "", lying: bool = False
) -> Spec:
    """Bars from zero, side by side where there are several groups ("" names an only one).

    `names` stand along the axis in their order; each group has one value for each. `x` and `y` title the axes of the
    names and of the values, `lying` turns the bars to the right, for long names.
    """
    rows = [row for group, values in groups.items() for row in _rows(plain(names), group, values)]
    along, up, offset = ("y", "x", "yOffset") if lying else ("x", "y", "xOffset")
    encoding: Spec = {
        along: {"field": "x", "type": "nominal", "sort": None, "title": x or None},
        up: {"field": "y", "type": "quantitative", "title": y or None},
    }
    thick = f"min({WIDEST}, bandwidth('{along}') * 0.8)"
    telling: Spec = {}
    if len(groups) > 1:
        thick = f"min({WIDEST}, bandwidth('{along}') * 0.9 / {len(groups)})"
        encoding[offset] = _together(along, list(groups), thick)
        telling = {"color": filled_legend(list(groups))}
    mark: Spec = {"type": "bar", "height" if lying else "width": {"expr": thick}}
    bars: Spec = {"mark": mark, "encoding": {**encoding, **telling, "tooltip": _tip(bool(telling))}}
    below = any(row["y"] is not None and row["y"] < 0 for row in rows)
    if below:
        encoding[along]["axis"] = {"domain": False}
        encoding[up]["scale"] = {"padding": ROOM}
    values = _values(rows, encoding, lying=lying) if lying or not telling else []
    return {
        "$schema": SCHEMA,
        "data": {"values": rows},
        "layer": [bars, *([_zero(up)] if below else []), *values],
        **({"height": ROW * len(groups) * len(names)} if lying else {}),
    }


def _together(along: str, groups: Sequence[str], thick: str) -> Spec:
    """The place of a group's bar beside the others' of its name: they touch, whatever room a name has."""
    middle, half = f"bandwidth('{along}') / 2", f"({thick} + 1) * {len(groups)} / 2"
    ends = [{"expr": f"{middle} - {half}"}, {"expr": f"{middle} + {half}"}]
    return {"field": "s", "type": "nominal", "sort": list(groups), "scale": {"range": ends, "paddingOuter": 0}}


def _zero(up: str) -> Spec:
    return {
        "data": {"values": [{}]},
        "mark": {"type": "rule", "style": "zero", "strokeDash": [1, 0]},
        "encoding": {up: {"datum": 0}},
    }


def _rows(names: Sequence[str], group: str, values: Sequence[float | None]) -> list[Spec]:
    plain_values = plain_numbers(values)
    if len(plain_values) != len(names):
        raise InvalidError(f"Group {group!r} has {len(plain_values)} values for {len(names)} names.")
    texts = numbers.column(plain_values)
    return [{"x": x, "y": y, "s": group, "t": t} for x, y, t in zip(names, plain_values, texts, strict=True)]


def _values(rows: Sequence[Spec], encoding: Spec, *, lying: bool) -> list[Spec]:
    """The bars' values at their ends, outside; a number below zero has its label below."""
    if len(rows) > LABELLED:
        return []
    layers: list[Spec] = []
    for below in (False, True):
        if any(row["y"] is not None and (row["y"] < 0) == below for row in rows):
            side = -1 if below else 1
            place: Spec = (
                {"align": "right" if below else "left", "dx": 6 * side}
                if lying
                else {"baseline": "top" if below else "bottom", "dy": -4 * side}
            )
            layers.append(
                {
                    "transform": [{"filter": f"datum.y !== null && datum.y {'<' if below else '>='} 0"}],
                    "mark": {"type": "text", "style": "label", **place},
                    "encoding": {**encoding, "text": {"field": "t", "type": "nominal"}},
                }
            )
    return layers


def _tip(several: bool) -> list[Spec]:
    group: list[Spec] = [{"field": "s", "type": "nominal", "title": "group"}] if several else []
    return [{"field": "x", "type": "nominal", "title": "name"}, *group, {"field": "y", "type": "quantitative"}]
