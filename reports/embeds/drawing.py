"""Charts of queries: from the runs that were chosen to one Vega-Lite spec."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vitrina.reports import values
from vitrina.reports.embeds.embed import EmbedError
from vitrina.reports.queries import ChartKind, ChartQuery, Field
from vitrina.reports.selection import Chosen, check_known, chosen, numeric, value_of
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Chart, Figure, Link
from vitrina.store import charts
from vitrina.store.charts.theme import Spec
from vitrina.store.records import Series

MOST_SOURCES = 6
"""Runs that a figure names beside it; with more it says how many."""

BINS = 20


def drawn(query: ChartQuery, shelf: Shelf) -> Figure:
    """The figure that a `chart` fence asks for."""
    runs = chosen(query.head, shelf)
    for name in query.metrics:
        check_known(Field(name, "metrics"), runs, shelf, key="metric")
    for key, field in (("x", query.x), ("group", query.group)):
        if field is not None:
            check_known(field, runs, shelf, key=key)
    title = query.head.title or _title(query)
    return Figure(
        title=title,
        alt=f"{title}: {query.kind} chart of {_counted(runs)}",
        bodies=(("", Chart(_spec(query, runs, shelf))),),
        sources=tuple(Link(one.origin, one.ref) for one in runs) if len(runs) <= MOST_SOURCES else (),
        caption=query.head.caption,
    )


def lines(
    wanted: Sequence[tuple[str, Series]], shelf: Shelf, *, y: str, smooth: float = 0.0, is_log: bool = False
) -> Spec:
    """Series over their steps, each under its label."""
    points = shelf.points([series for _, series in wanted])
    made = [
        charts.Series(label, [point.step for point in points[one.id]], [point.value for point in points[one.id]])
        for label, one in wanted
    ]
    return charts.line(made, y=y, smooth=smooth, y_scale="log" if is_log else "linear")


def _spec(query: ChartQuery, runs: Sequence[Chosen], shelf: Shelf) -> Spec:
    match query.kind:
        case ChartKind.LINE:
            return _lines(query, runs, shelf)
        case ChartKind.BAR:
            return _bars(query.metrics[0], runs, shelf)
        case ChartKind.SCATTER:
            return _scatter(query, runs, shelf)
        case ChartKind.BOX:
            return _boxes(query, runs, shelf)
        case ChartKind.HISTOGRAM:
            return _histogram(query.metrics[0], runs, shelf)


def _lines(query: ChartQuery, runs: Sequence[Chosen], shelf: Shelf) -> Spec:
    several, wanted = len(query.metrics) > 1, list[tuple[str, Series]]()
    for one in runs:
        known = shelf.series(one.run.id)
        for name in query.metrics:
            if name in known:
                words = (one.label if len(runs) > 1 else "", name if several else "")
                wanted.append((" ".join(word for word in words if word), known[name]))
    y = "" if several else query.metrics[0]
    return lines(wanted, shelf, y=y, smooth=query.smooth, is_log=query.is_log)


def _bars(metric: str, runs: Sequence[Chosen], shelf: Shelf) -> Spec:
    found = [(one.label, _last(metric, one, shelf)) for one in runs]
    there = [(label, value) for label, value in found if value is not None]
    lying = len(there) > 6 or any(len(label) > 12 for label, _ in there)
    return charts.bar([label for label, _ in there], {"": [value for _, value in there]}, y=metric, lying=lying)


def _scatter(query: ChartQuery, runs: Sequence[Chosen], shelf: Shelf) -> Spec:
    assert query.x is not None
    groups: dict[str, tuple[list[float], list[float]]] = {}
    for one in runs:
        x, y = numeric(value_of(query.x, one, shelf)), _last(query.metrics[0], one, shelf)
        if x is not None and y is not None:
            across, upright = groups.setdefault(_group(query.group, one, shelf), ([], []))
            across.append(x)
            upright.append(y)
    if not groups:
        raise EmbedError(f"No run has both `{query.x}` and `{query.metrics[0]}` as numbers.")
    series = [charts.Series(name, across, upright) for name, (across, upright) in sorted(groups.items())]
    return charts.scatter(series, x=query.x.name, y=query.metrics[0])


def _boxes(query: ChartQuery, runs: Sequence[Chosen], shelf: Shelf) -> Spec:
    groups: dict[str, list[float | None]] = {}
    for one in runs:
        groups.setdefault(_group(query.group, one, shelf), []).append(_last(query.metrics[0], one, shelf))
    title = query.group.name if query.group is not None else ""
    return charts.box(dict(sorted(groups.items())), x=title, y=query.metrics[0])


def _histogram(metric: str, runs: Sequence[Chosen], shelf: Shelf) -> Spec:
    found = [value for one in runs if (value := _last(metric, one, shelf)) is not None and math.isfinite(value)]
    if not found:
        raise EmbedError(f"No run has a number for `{metric}`.")
    low, high = min(found), max(found)
    count = min(BINS, max(1, math.ceil(math.sqrt(len(found)))))
    width = (high - low) / count or 1.0
    counts = [0] * count
    for value in found:
        counts[min(int((value - low) / width), count - 1)] += 1
    return charts.histogram(
        [charts.Bins("", counts, [low + place * width for place in range(count + 1)])], x=metric, y="runs"
    )


def _last(metric: str, one: Chosen, shelf: Shelf) -> float | None:
    return numeric(value_of(Field(metric, "metrics"), one, shelf))


def _group(field: Field | None, one: Chosen, shelf: Shelf) -> str:
    return values.alone(value_of(field, one, shelf)) if field is not None else ""


def _title(query: ChartQuery) -> str:
    metric = ", ".join(query.metrics)
    match query.kind:
        case ChartKind.LINE:
            return f"{metric} by step"
        case ChartKind.SCATTER:
            return f"{metric} by {query.x.name if query.x else ''}"
        case ChartKind.BOX if query.group is not None:
            return f"{metric} by {query.group.name}"
        case _:
            return metric


def _counted(runs: Sequence[Chosen]) -> str:
    return ", ".join(one.label for one in runs) if len(runs) <= MOST_SOURCES else f"{len(runs)} runs"
