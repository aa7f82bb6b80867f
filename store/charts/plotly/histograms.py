"""Traces of type histogram: counts of numbers, in the bins that Plotly would make."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import pstdev
from typing import Any

from vitrina.store.charts.plotly.figure import Figure, axis, keys, number, values
from vitrina.store.charts.theme import Spec
from vitrina.store.charts.translated import Layer, Row, UntranslatableError, chart, mapping

MOST = 2_000
"""Bins at most, whatever size a figure asks for."""


def draw(figure: Figure) -> Spec:
    listed = [[value for value in values(trace.get("x")) if value is not None] for trace in figure.traces]
    every = [value for trace in listed for value in trace]
    across = axis(figure.layout, "x", every)
    beside = figure.barmode == "group" and len(listed) > 1
    if across.kind != "quantitative" or not every or beside or any(_loses(trace) for trace in figure.traces):
        raise UntranslatableError
    limits = edges(figure.traces[0], every)
    rows: list[Row] = []
    for key, trace in enumerate(listed):
        rows += [{**row, "k": str(key)} for row in counted(trace, limits)]
    up = axis(figure.layout, "y", [0])
    encoding: Spec = {
        "x": {**across.encoding("x", zero=False), "bin": "binned"},
        "x2": {"field": "x2"},
        "y": up.encoding("y", zero=True) | {"title": up.title or "count"},
    }
    if figure.barmode == "overlay":
        encoding["y"]["stack"] = None
    return chart([Layer(rows, {"type": "bar", "opacity": figure.opacity}, encoding)], keys(figure))


def edges(trace: Mapping[str, Any], found: Sequence[float]) -> list[float]:
    """The bins' edges: those of the trace where it names them, else a round size after the spread of the values."""
    named, low, high = mapping(trace.get("xbins")), min(found), max(found)
    size = number(named.get("size"), 0) or _size(trace, found)
    start = math.floor(low / size) * size
    if size >= 1 and all(float(value).is_integer() for value in found):
        start -= 0.5  # whole numbers stand in the middle of their bins
    start, end = number(named.get("start"), start), number(named.get("end"), high)
    count = max(1, math.ceil((end - start) / size - 1e-9))
    if "end" not in named and start + count * size <= high:
        count += 1  # the last bin holds its lower edge, not its upper one
    return [start + place * size for place in range(min(MOST, count) + 1)]


def counted(found: Sequence[float], limits: Sequence[float]) -> list[Row]:
    """How many of the values lie between neighbouring edges."""
    counts = [0] * (len(limits) - 1)
    for value in found:
        place = bisect_right(limits, value) - 1
        if 0 <= place < len(counts):
            counts[place] += 1
    return [{"x": low, "x2": high, "y": count} for (low, high), count in zip(pairwise(limits), counts, strict=True)]


def _loses(trace: Mapping[str, Any]) -> bool:
    other_sum = trace.get("histnorm") or trace.get("histfunc", "count") != "count" or trace.get("cumulative")
    return bool(other_sum) or trace.get("x") is None or trace.get("y") is not None


def _size(trace: Mapping[str, Any], found: Sequence[float]) -> float:
    """Plotly's rule: two standard deviations over n to the 0.4, rounded up to 1, 2 or 5 times a power of ten."""
    spread = max(found) - min(found)
    if not spread:
        return 1.0
    wanted = trace.get("nbinsx")
    rough = spread / wanted if isinstance(wanted, int) and wanted > 0 else 2 * pstdev(found) / len(found) ** 0.4
    rough = max(rough, spread / MOST, 1.0 if all(float(value).is_integer() for value in found) else 0.0)
    power = 10.0 ** math.floor(math.log10(rough))
    return power * next(step for step in (1, 2, 5, 10) if rough <= power * step * 1.0000001)
