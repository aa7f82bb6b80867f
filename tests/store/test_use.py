"""The use of apps by day: added up, whatever the batches; viewers counted once, and forgotten by and by."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.store.apps import AppDraft
from vitrina.store.opening import Store
from vitrina.store.records import App, Project
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.usage import DayOfApp, Figures, Viewer
from vitrina.store.use import LARGEST_BATCH, VIEWERS_KEPT

TODAY = date(2026, 3, 1)
MONTH = TODAY - timedelta(days=29)

CountQueries = Callable[[], AbstractContextManager[list[str]]]


class Moving(Protocol):
    def forward(self, by: timedelta) -> None: ...


AppOf = Callable[..., App]


@pytest.fixture
def app_of(store: Store, project: Project, tmp_path: Path) -> AppOf:
    file = tmp_path / "model"
    file.write_text("model")
    version = store.registry.log(project, Noun.MODEL, "classifier", Draft([("model", file)])).version

    def make(name: str, framework: str = "gradio") -> App:
        return store.apps.log(version, name, AppDraft(name.encode(), "a" * 64, framework, "app.py", "."))

    return make


@pytest.fixture
def app(app_of: AppOf) -> App:
    return app_of("what-if")


def on(app: App, days_ago: int = 0) -> DayOfApp:
    return DayOfApp(app.id, TODAY - timedelta(days=days_ago))


def by(app: App, *names: str, days_ago: int = 0) -> set[Viewer]:
    return {Viewer(app.id, TODAY - timedelta(days=days_ago), name) for name in names}


def test_what_was_never_used_has_no_figures(store: Store, app: App) -> None:
    use = store.use.of_app(app.id, since=MONTH)
    assert (list(use.days), use.viewers, use.total) == ([], 0, Figures())
    assert use.total.ready_mean_s is None


def test_batches_of_one_day_add_up(store: Store, app: App) -> None:
    first = Figures(openings=3, sessions=2, starts=1, ready=1, ready_s=2.0, ready_most_s=2.0, memory_most_bytes=7)
    store.use.record({on(app): first}, by(app, "alice", "bob"))
    second = Figures(openings=1, requests=9, errors=1, starts=1, ready=1, ready_s=0.5, ready_most_s=0.5, crashes=1)
    store.use.record({on(app): second}, by(app, "alice"))
    [day] = store.use.of_app(app.id, since=MONTH).days
    assert day.figures == Figures(4, 2, 9, 1, 2, 2, 1, 2.5, 2.0, 7)
    assert day.viewers == 2
    assert day.figures.ready_mean_s == 1.25


def test_days_are_listed_from_the_oldest_asked_for_and_viewers_of_all_count_once(store: Store, app: App) -> None:
    for days_ago, names in ((40, ["old"]), (29, ["alice"]), (3, ["alice", "bob"])):
        store.use.record({on(app, days_ago): Figures(openings=days_ago)}, by(app, *names, days_ago=days_ago))
    use = store.use.of_app(app.id, since=MONTH)
    assert [(day.day, day.viewers, day.figures.openings) for day in use.days] == [
        (MONTH, 1, 29),
        (TODAY - timedelta(days=3), 2, 3),
    ]
    assert (use.viewers, use.total.openings) == (2, 32)


def test_of_many_apps_the_openings_are_one_query(store: Store, app_of: AppOf, count_queries: CountQueries) -> None:
    apps = [app_of(f"app-{number}") for number in range(3)]
    store.use.record({on(one): Figures(openings=number) for number, one in enumerate(apps[:2], start=1)}, ())
    with count_queries() as statements:
        found = store.use.openings([one.id for one in apps], since=MONTH)
    assert found == {apps[0].id: 1, apps[1].id: 2}
    assert sum(statement.startswith("SELECT") for statement in statements) == 1


def test_frameworks_have_the_figures_of_their_apps(store: Store, app_of: AppOf) -> None:
    gradio, other, dash = app_of("one"), app_of("two"), app_of("three", "dash")
    store.use.record(
        {
            on(gradio): Figures(starts=1, ready=1, ready_s=2.0, ready_most_s=2.0),
            on(gradio, 1): Figures(starts=1, ready=1, ready_s=4.0, ready_most_s=4.0, memory_most_bytes=5),
            on(other): Figures(starts=1, crashes=1, memory_most_bytes=9),
            on(dash): Figures(openings=2),
            on(dash, 40): Figures(openings=7),
        },
        (),
    )
    of_dash, of_gradio = store.use.by_framework(since=MONTH)
    assert (of_dash.framework, of_dash.apps, of_dash.figures) == ("dash", 1, Figures(openings=2))
    assert (of_gradio.framework, of_gradio.apps) == ("gradio", 2)
    assert of_gradio.figures == Figures(
        starts=3, ready=2, crashes=1, ready_s=6.0, ready_most_s=4.0, memory_most_bytes=9
    )


def test_who_came_long_ago_is_forgotten_and_how_many_they_were_is_not(store: Store, app: App, clock: Moving) -> None:
    store.use.record({on(app): Figures(openings=2)}, by(app, "alice", "bob"))
    store.use.record({}, by(app, "alice", days_ago=1))
    assert store.use.fold() == 0
    clock.forward(VIEWERS_KEPT)
    store.use.record({}, by(app, "alice", days_ago=-3))
    assert store.use.fold() == 1  # yesterday; today is kept until tomorrow
    clock.forward(timedelta(days=1))
    assert store.use.fold() == 1
    assert store.use.fold() == 0
    use = store.use.of_app(app.id, since=MONTH)
    assert [(day.viewers, day.figures.openings) for day in use.days] == [(1, 0), (2, 2), (1, 0)]
    assert use.viewers == 1  # of those that are still known


def test_folding_has_no_end_before_all_is_folded(store: Store, app: App, clock: Moving) -> None:
    days = LARGEST_BATCH + 1
    store.use.record({}, {viewer for ago in range(days) for viewer in by(app, "alice", days_ago=ago)})
    clock.forward(VIEWERS_KEPT + timedelta(days=1))
    assert store.use.fold() == days


AMOUNTS = st.builds(
    Figures,
    openings=st.integers(0, 9),
    starts=st.integers(0, 9),
    ready=st.integers(0, 9),
    ready_s=st.integers(0, 80).map(lambda quarters: quarters / 4),  # sums of quarters are exact in any order
    ready_most_s=st.floats(0, 60),
    memory_most_bytes=st.integers(0, 2**40),
)


@settings(deadline=None)
@given(parts=st.lists(AMOUNTS, max_size=6), split=st.integers(0, 6))
def test_adding_up_hangs_on_no_order_and_on_no_batch(parts: list[Figures], split: int) -> None:
    def total(figures: list[Figures]) -> Figures:
        found = Figures()
        for one in figures:
            found.add(one)
        return found

    whole = total(parts)
    assert total(list(reversed(parts))) == whole
    assert total([total(parts[:split]), total(parts[split:])]) == whole
    assert replace(whole) == total([whole, Figures()])
