"""Traces of type box: standing boxes, grouped by x where it is given, else by the traces' names."""

from __future__ import annotations

from vitrina.store.charts.plotly.figure import Figure, axis, keys, name, values
from vitrina.store.charts.theme import Spec
from vitrina.store.charts.translated import Axis, Layer, Row, UntranslatableError, chart


def draw(figure: Figure) -> Spec:
    rows: list[Row] = []
    for key, trace in enumerate(figure.traces):
        ys, xs = values(trace.get("y")), values(trace.get("x"))
        if not ys or trace.get("boxpoints", "outliers") not in ("outliers", False) or trace.get("notched"):
            raise UntranslatableError
        groups = xs or [name(trace, key)] * len(ys)
        rows += [{"x": x, "y": y, "k": str(key)} for x, y in zip(groups, ys, strict=False) if y is not None]
    across = axis(figure.layout, "x", [row["x"] for row in rows])
    encoding: Spec = {
        "x": Axis("nominal", across.title, order=across.order).encoding("x", zero=False),
        "y": axis(figure.layout, "y", [row["y"] for row in rows]).encoding("y", zero=False),
    }
    if figure.layout.get("boxmode") == "group" and len(figure.traces) > 1:
        encoding["xOffset"] = {"field": "k", "type": "nominal"}
    return chart([Layer(rows, {"type": "boxplot", "extent": 1.5}, encoding)], keys(figure))
