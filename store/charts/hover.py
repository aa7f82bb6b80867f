"""What answers the pointer over lines: one vertical rule, points on the lines, and the values in a tooltip."""

from __future__ import annotations

import json
from collections.abc import Sequence

from vitrina.store.charts.series import AxisType, Series
from vitrina.store.charts.theme import Spec

MOST_ROWS = 20_000
"""Beyond so many points a chart does without: finding the nearest one would be felt."""


def layers(series: Sequence[Series], *, x: str, kind: AxisType, telling: Spec) -> list[Spec]:
    """Layers over the rows of `series` (`x` is the title of x, `telling` the encoding of colour); print leaves them out
    by their names."""
    if sum(len(one.x) for one in series) > MOST_ROWS or kind == "nominal":
        return []
    columns = [f"v{place}" for place in range(len(series))]
    # A pivot makes columns of values; series' names may hold dots and brackets, which are paths to Vega.
    column = f"'v' + indexof({json.dumps([one.name for one in series])}, datum.s)"
    over: Spec = {"param": "hover", "empty": False}
    nearest: Spec = {"type": "point", "fields": ["x"], "nearest": True, "on": "pointerover", "clear": "pointerout"}
    across: Spec = {"field": "x", "type": kind}
    tip = [{**across, "title": x or "x"}] + [
        {"field": name, "type": "quantitative", "title": one.name or "value"}
        for one, name in zip(series, columns, strict=True)
    ]
    rule: Spec = {
        "name": "hover-rule",
        "transform": [
            {"calculate": column, "as": "column"},
            {"pivot": "column", "value": "y", "groupby": ["x"], "op": "max"},
        ],
        "params": [{"name": "hover", "select": nearest}],
        "mark": {"type": "rule", "style": "hover"},
        "encoding": {"x": across, "opacity": {"condition": {**over, "value": 1}, "value": 0}, "tooltip": tip},
    }
    points: Spec = {
        "name": "hover-points",
        "transform": [{"filter": over}],
        "mark": {"type": "point", "size": 48},
        "encoding": {
            "x": across,
            "y": {"field": "y", "type": "quantitative"},
            "color": telling,
        },
    }
    return [rule, points]
