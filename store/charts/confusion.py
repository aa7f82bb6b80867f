"""Confusion matrices and other heat maps: a number for each pair of names."""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.store.charts import numbers
from vitrina.store.charts.data import numbers as plain_numbers
from vitrina.store.charts.series import SCHEMA
from vitrina.store.charts.theme import Spec
from vitrina.store.errors import InvalidError

NUMBERED = 20
"""Up to so many names a side, the cells hold their numbers."""

COMPACT = 8
"""Up to so many names a side, the cells have a size of their own; more fill the place there is."""


def confusion_matrix(labels: Sequence[str], matrix: Sequence[Sequence[float]]) -> Spec:
    """Rows are what was, columns what was predicted; the colour is the share of the row, the number the count."""
    counts = [plain_numbers(row) for row in matrix]
    if len(counts) != len(labels) or any(len(row) != len(labels) for row in counts):
        raise InvalidError(f"A confusion matrix of {len(labels)} labels has {len(labels)} rows and as many columns.")
    shares = [[(value or 0) / (sum(v or 0 for v in row) or 1) for value in row] for row in counts]
    texts = [[numbers.number(value) for value in row] for row in counts]
    return cells(labels, labels, shares, texts=texts, x="predicted", y="actual", value="share of the row", span=(0, 1))


def heatmap(
    columns: Sequence[str], rows: Sequence[str], values: Sequence[Sequence[float | None]], *, x: str = "", y: str = ""
) -> Spec:
    """A cell for each column and row, coloured by its value; a missing value leaves its cell empty."""
    listed = [plain_numbers(row) for row in values]
    found = [value for row in listed for value in row if value is not None]
    span = (min(found), max(found)) if found else (0.0, 1.0)
    texts = [numbers.column(row) for row in listed]
    return cells(columns, rows, listed, texts=texts, x=x, y=y, value="value", span=span, legend=True)


def cells(
    columns: Sequence[str],
    rows: Sequence[str],
    values: Sequence[Sequence[float | None]],
    *,
    texts: Sequence[Sequence[str]],
    x: str,
    y: str,
    value: str,
    span: tuple[float, float],
    legend: bool = False,
) -> Spec:
    """Cells in the order of their names, from the top; `span` are the values of the lightest and the darkest."""
    found: list[Spec] = [
        {"x": column, "y": row, "v": values[down][across], "t": texts[down][across]}
        for down, row in enumerate(rows)
        for across, column in enumerate(columns)
        if values[down][across] is not None
    ]
    encoding: Spec = {
        "x": {"field": "x", "type": "nominal", "sort": list(columns), "title": x or None},
        "y": {"field": "y", "type": "nominal", "sort": list(rows), "title": y or None},
    }
    colour: Spec = {"field": "v", "type": "quantitative", "scale": {"domain": list(span)}, "title": None}
    shades: Spec = {
        "mark": {"type": "rect", "style": "tile", "strokeWidth": 1},
        "encoding": {"color": colour if legend else {**colour, "legend": None}, "tooltip": _tip(x=x, y=y, value=value)},
    }
    numbered = max(len(columns), len(rows)) <= NUMBERED
    return {
        "$schema": SCHEMA,
        "data": {"values": found},
        "encoding": encoding,
        "layer": [shades, *(_numbers(sum(span) / 2) if numbered else [])],
        **_size(len(columns), len(rows)),
    }


def _tip(*, x: str, y: str, value: str) -> list[Spec]:
    return [
        {"field": "y", "type": "nominal", "title": y or "row"},
        {"field": "x", "type": "nominal", "title": x or "column"},
        {"field": "t", "type": "nominal", "title": "number"},
        {"field": "v", "type": "quantitative", "title": value, "format": ".3~r"},
    ]


def _numbers(middle: float) -> list[Spec]:
    """The cells' numbers, dark on light cells and light on dark ones, which of both depends on the theme."""
    text: Spec = {"text": {"field": "t", "type": "nominal"}}
    return [
        {
            "transform": [{"filter": f"datum.v {test} {middle}"}],
            "mark": {"type": "text", "style": style},
            "encoding": text,
        }
        for test, style in (("<=", "on-low"), (">", "on-high"))
    ]


def _size(columns: int, rows: int) -> Spec:
    if columns > COMPACT:
        return {"height": 26 * rows} if rows <= NUMBERED else {}
    return {"width": {"step": 72}, "height": {"step": 40}}
