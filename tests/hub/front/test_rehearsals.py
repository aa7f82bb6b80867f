"""When a name moves while people are inside of what it named, what it names now is started and tried beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from aiohttp import web

from vitrina.apps.life import State
from vitrina.hub import rollout
from vitrina.hub.proxy.rehearsals import FAILED, Rehearsals
from vitrina.store.apps import AppDraft
from vitrina.store.records import Move
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.serving import Serving
from vitrina.store.versions import Stage

pytestmark = pytest.mark.anyio


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="hello")


@pytest.fixture
async def rehearsals(house, shown) -> Rehearsals:
    """Those of the house, looked at by hand; what has happened so far is read."""
    found = Rehearsals(house.store, house.supervisor, house.openings)
    await found.look()
    return found


@pytest.fixture
async def written(house, monkeypatch) -> Callable[[str], Awaitable[None]]:
    """Waits until such a move stands in the store."""
    loop, states, record = asyncio.get_running_loop(), asyncio.Queue[str](), house.store.instances.record

    def heard(moves: Sequence[Move]) -> None:
        record(moves)
        for move in moves:
            loop.call_soon_threadsafe(states.put_nowait, move.state)

    async def until(state: str) -> None:
        while await states.get() != state:
            """Another one."""

    monkeypatch.setattr(house.store.instances, "record", heard)
    return until


def log_app(house, version, content: bytes):
    return house.store.apps.log(version, "what-if", AppDraft(content, content.hex()[:1] * 64, "streamlit", "a.py", "."))


def log_version(house, shown, text: str):
    model = house.folder / "model.txt"
    model.write_text(text)
    return house.store.registry.log(shown.project, Noun.MODEL, "classifier", Draft([("model.txt", model)])).version


def opened(house, ref: str):
    return rollout.choose(house.store, house.store.find(ref))


async def test_a_new_revision_is_ready_before_the_first_newcomer_and_nobody_inside_is_moved(
    house, shown, rehearsals, written
) -> None:
    await house.running(shown.app, hello)
    newer = log_app(house, shown.version, b"newer")
    looking = asyncio.create_task(rehearsals.look())
    await house.started(hello)
    await looking
    assert house.supervisor.get(newer.label).state is State.READY
    assert house.supervisor.get(shown.app.label).people == 1
    await written("rehearsed")
    assert house.store.instances.moves(newer.revision_id)[0].state == "rehearsed"
    assert opened(house, shown.app.ref).app.label == newer.label


@pytest.mark.parametrize("name", ["latest", "champion", "production"])
async def test_so_is_the_app_of_a_version_to_which_a_name_moves(house, shown, rehearsals, name: str) -> None:
    await house.running(shown.app, hello)
    other = log_version(house, shown, "retrained")
    if name != "latest":
        log_version(house, shown, "newest")
    app = log_app(house, other, b"retrained")
    if name != "latest":
        await rehearsals.look()
        assert len(house.launcher.launched) == 1, "no name leads there"
        if name == "champion":
            house.store.promotions.alias(other, name)
        else:
            house.store.promotions.promote(other, Stage.PRODUCTION)
    looking = asyncio.create_task(rehearsals.look())
    await house.started(hello)
    await looking
    assert house.supervisor.get(app.label).state is State.READY


async def test_nothing_is_started_when_nobody_is_inside(house, shown, rehearsals) -> None:
    log_app(house, shown.version, b"newer")
    await rehearsals.look()
    assert house.launcher.launched == []


async def test_one_whose_code_fails_counts_as_one_that_does_not_start(house, shown, rehearsals, written) -> None:
    await house.running(shown.app, hello)
    newer = log_app(house, shown.version, b"newer")
    looking = asyncio.create_task(rehearsals.look())
    app = await house.launcher.arrivals.get()
    app.flaw = "NameError: name 'x' is not defined"
    app.answer()
    await looking
    stopped = house.supervisor.get(newer.label)
    assert (stopped.state, stopped.reason) == (State.STOPPED, FAILED)
    await written("unfit")
    choice = opened(house, shown.app.ref)
    assert (choice.app.label, choice.fails_to, choice.reason) == (shown.app.label, "work", app.flaw)
    assert opened(house, f"{shown.app.ref}@2").app.label == newer.label, "who names it exactly gets it"


async def test_one_that_crashes_at_its_start_does_too(house, shown, rehearsals, written) -> None:
    await house.running(shown.app, hello)
    newer = log_app(house, shown.version, b"newer")
    looking = asyncio.create_task(rehearsals.look())
    (await house.launcher.arrivals.get()).fail("No module named 'nowhere'.")
    await looking
    await written("crashed")
    choice = opened(house, shown.app.ref)
    assert (choice.app.label, choice.fails_to) == (shown.app.label, "start")
    assert house.supervisor.get(newer.label).state is State.CRASHED


async def test_what_runs_though_nobody_comes_is_rehearsed_once_after_each_start(
    house, shown, rehearsals, written
) -> None:
    app = house.store.apps.serve(shown.app, Serving(min_instances=1))
    await house.supervisor.keep(house.openings.order(app))
    await house.started(hello)
    await house.until(app, "ready")
    for _ in range(2):
        await rehearsals.look()
    await written("rehearsed")
    said = [move.state for move in house.store.instances.moves(app.revision_id)]
    assert said.count("rehearsed") in {1, 2}, "once by this one, and perhaps by the front's own"
