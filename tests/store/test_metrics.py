"""Series of numbers."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from vitrina.store.metrics import thinned
from vitrina.store.opening import Store
from vitrina.store.records import Point, Project, Run


def points(*values: float, first_step: int = 0) -> list[Point]:
    return [Point(step, 1000.0 + step, value) for step, value in enumerate(values, first_step)]


def test_points_come_back_with_step_time_and_value(store: Store, run: Run) -> None:
    store.metrics.append(run.id, {"loss": points(3.0, 2.0, 1.0)})
    [series] = store.metrics.series([run.id])[run.id]
    assert store.metrics.points([series.id])[series.id] == points(3.0, 2.0, 1.0)
    assert (series.count, series.first, series.last, series.min, series.max, series.last_step) == (3, 3, 1, 1, 3, 2)


def test_nan_and_infinities_survive_and_nan_counts_for_nothing(store: Store, run: Run) -> None:
    store.metrics.append(run.id, {"loss": points(math.nan, 2.0, math.inf, math.nan)})
    [series] = store.metrics.series([run.id])[run.id]
    values = [point.value for point in store.metrics.points([series.id])[series.id]]
    assert math.isnan(values[0])
    assert values[1:3] == [2.0, math.inf]
    assert math.isnan(values[3])
    assert (series.count, series.first, series.last, series.min) == (4, 2, math.inf, 2)


def test_a_series_of_nan_only_has_no_summary(store: Store, run: Run) -> None:
    store.metrics.append(run.id, {"loss": points(math.nan)})
    [series] = store.metrics.series([run.id])[run.id]
    assert (series.first, series.last, series.min, series.max) == (None, None, None, None)


def test_repeated_and_earlier_steps_are_kept_in_the_order_of_steps(store: Store, run: Run) -> None:
    given_points = [Point(5, 1, 0.5), Point(1, 2, 0.1), Point(5, 3, 0.6)]
    for point in given_points:
        store.metrics.append(run.id, {"loss": [point]})
    [series] = store.metrics.series([run.id])[run.id]
    assert store.metrics.points([series.id])[series.id] == [given_points[1], given_points[0], given_points[2]]


def test_series_of_many_runs_are_one_query(store: Store, project: Project, count_queries) -> None:
    runs = [store.runs.create(project) for _ in range(5)]
    for run in runs:
        store.metrics.append(run.id, {"loss": points(1.0), "auc": points(0.5)})
    with count_queries() as statements:
        found = store.metrics.series([run.id for run in runs])
    assert [[series.name for series in found[run.id]] for run in runs] == [["auc", "loss"]] * 5
    assert len([text for text in statements if text.startswith("SELECT")]) == 1


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=1, max_size=300), st.integers(1, 20))
def test_thinning_never_loses_first_last_lowest_and_highest(values: list[float], width: int) -> None:
    every = points(*values)
    kept = thinned(every, width)
    assert kept[0] is every[0]
    assert kept[-1] is every[-1]
    assert len(kept) <= max(4 * width, 4)
    numbers = [value for value in values if not math.isnan(value)]
    if numbers:
        shown = [point.value for point in kept if not math.isnan(point.value)]
        assert (min(shown), max(shown)) == (min(numbers), max(numbers))
