"""A trace of type heatmap, alone in its figure. Its colours become ours: the scale beside it says what they mean."""

from __future__ import annotations

from vitrina.store.charts.confusion import heatmap
from vitrina.store.charts.plotly.figure import Figure, axis, matrix, values
from vitrina.store.charts.theme import Spec
from vitrina.store.charts.translated import UntranslatableError


def draw(figure: Figure) -> Spec:
    trace = figure.traces[0]
    cells = matrix(trace.get("z"))
    if len(figure.traces) > 1 or not cells or any(len(row) != len(cells[0]) for row in cells):
        raise UntranslatableError
    columns = values(trace.get("x")) or list(range(len(cells[0])))
    rows = values(trace.get("y")) or list(range(len(cells)))
    if len(columns) != len(cells[0]) or len(rows) != len(cells):
        raise UntranslatableError
    x, y = axis(figure.layout, "x", columns), axis(figure.layout, "y", rows)
    if not y.reverse:  # Plotly counts rows from the bottom
        rows, cells = rows[::-1], cells[::-1]
    spec = heatmap([str(name) for name in columns], [str(name) for name in rows], cells, x=x.title, y=y.title)
    has_numbers = bool(trace.get("texttemplate") or trace.get("text"))
    return spec if has_numbers else {**spec, "layer": spec["layer"][:1]}
