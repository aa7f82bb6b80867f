"""What answers the pointer over lines: one vertical rule, points on the lines, and the values in a tooltip."""

from __future__ import annotations

import json
from collections.abc import Sequence

from vitrina.store.charts.series import Series
from vitrina.store.charts.theme import Spec

MOST_ROWS = 20_000
"""Beyond so many points a chart does without: finding the nearest one would be felt."""


def layers(series: Sequence[Series], *, place: Spec, telling: Spec) -> list[Spec]:
    """Layers over the rows of `series`; `place` are the encodings of x and y, `telling` that of colour. Print leaves
    them out by their names."""
    across = place["x"]
    if sum(len(one.x) for one in series) > MOST_ROWS or across["type"] == "nominal":
        return []
    columns = [f"v{number}" for number in range(len(series))]
    # A pivot makes columns of values; series' names may hold dots and brackets, which are paths to Vega.
    column = f"'v' + indexof({json.dumps([one.name for one in series])}, datum.s)"
    over: Spec = {"param": "hover", "empty": False}
    nearest: Spec = {"type": "point", "fields": ["x"], "nearest": True, "on": "pointerover", "clear": "pointerout"}
    tip = [{"field": "x", "type": across["type"], "title": across["title"] or "x"}] + [
        {"field": name, "type": "quantitative", "title": one.name or place["y"]["title"] or "value"}
        for one, name in zip(series, columns, strict=True)
    ]
    rule: Spec = {
        "name": "hover-rule",
        "transform": [
            {"calculate": column, "as": "column"},
            {"pivot": "column", "value": "y", "groupby": ["x"], "op": "max"},
        ],
        "params": [{"name": "hover", "select": nearest}],
        "mark": {"type": "rule", "style": "hover", "strokeDash": [1, 0]},
        "encoding": {"x": across, "opacity": {"condition": {**over, "value": 1}, "value": 0}, "tooltip": tip},
    }
    points: Spec = {
        "name": "hover-points",
        "transform": [{"filter": over}],
        "mark": {"type": "point", "size": 48, "opacity": 1},
        "encoding": {**place, "color": telling},
    }
    return [points, rule]
