"""Who gets a place, who waits, who is refused, and what has to go. Apps are played by hand (`MemoryLauncher`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from vitrina.apps import AppSpec, MemoryApp, MemoryLauncher, State, Supervisor, SupervisorSettings, UnixAddress
from vitrina.apps.allowances import Allowances, RefusedError, Somebody
from vitrina.apps.launchers.launcher import Adopted, Draining, Exit
from vitrina.apps.order import Order, ready_made
from vitrina.apps.policy import Machine
from vitrina.apps.pressure import Memory
from vitrina.apps.queue import Reserve
from vitrina.store.engine import BadStoreUrlError, StoreUnavailableError
from vitrina.store.serving import Network, Serving

pytestmark = pytest.mark.anyio

GIB = 2**30


def order(key: str, serving: Serving | None = None, *, project: str = "acme/churn") -> Order:
    ref = f"{project}/models/classifier@1.0.0/apps/{key}"
    serving = serving or Serving()
    at = f"http://{key}.localhost:8401"
    spec = AppSpec(key, ref, "gradio", "app.py", ".", Path("b"), "digest", None, at, network=serving.network)
    return replace(ready_made(spec), serving=serving)


class Stage:
    """A supervisor on a machine whose memory and processes are played too."""

    def __init__(self, clock: Any, settings: SupervisorSettings, *, adopts: bool = False) -> None:
        self.clock = clock
        self.free_bytes = 8 * GIB
        self.births: dict[int, int] = {}
        self.launcher = MemoryLauncher()
        machine = Machine(memory=lambda: Memory(8 * GIB, self.free_bytes), born=lambda pid: self.births.get(pid))
        self.supervisor = Supervisor(self.launcher, settings=settings, clock=clock, machine=machine, adopts=adopts)
        self.people = ExitStack()

    async def arrive(self) -> MemoryApp:
        """The next start that the launcher is asked for."""
        async with asyncio.timeout(5):
            return await self.launcher.arrivals.get()

    async def ready(self, wanted: Order, session: str = "", **more: Any) -> MemoryApp:
        """Open an app and let it serve."""
        await self.supervisor.open(wanted, session=session, **more)
        app = await self.arrive()
        app.answer()
        await self.until(lambda: self.supervisor.seat(wanted.key, session) is not None)
        return app

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait, move by move, until something is so."""
        async with asyncio.timeout(5):
            while not holds():
                await self.supervisor.news()

    def sits(self, key: str, session: str) -> int:
        """Somebody is inside from now on; the answer is the number of the instance."""
        seat = self.supervisor.seat(key, session)
        assert seat is not None
        self.people.enter_context(seat.stay(is_person=False))
        return seat.number

    def states(self, key: str) -> list[str]:
        return [one.state.value for one in self.supervisor.instances() if one.key == key]


@pytest.fixture
async def stage(clock: Any, request: pytest.FixtureRequest):
    given = getattr(request, "param", SupervisorSettings(idle_s=900, seat_s=60, drain_s=600))
    made = Stage(clock, given)
    yield made
    made.people.close()
    await made.supervisor.close()


def allowing(**limits: int) -> Any:
    settings = SupervisorSettings(allowances=replace(Allowances(), **limits))
    return pytest.mark.parametrize("stage", [settings], indirect=True)


TWO_EACH = order("what-if", Serving(max_instances=2, people=2))


async def test_when_all_places_are_taken_one_more_instance_starts(stage: Stage) -> None:
    await stage.ready(TWO_EACH, "alice")
    await stage.supervisor.open(TWO_EACH, session="bob")
    assert [stage.sits("what-if", who) for who in ("alice", "bob")] == [1, 1]
    assert stage.supervisor.seat("what-if", "carol") is None
    second = await stage.ready(TWO_EACH, "carol")
    assert (stage.sits("what-if", "carol"), second.number) == (2, 2)


async def test_whoever_is_inside_stays_at_their_instance(stage: Stage) -> None:
    await stage.ready(TWO_EACH, "alice")
    for who in ("alice", "bob"):
        stage.sits("what-if", who)
    await stage.ready(TWO_EACH, "carol")
    for _ in range(3):
        assert [stage.supervisor.seat("what-if", who).number for who in ("carol", "bob", "alice")] == [2, 1, 1]  # pyright: ignore[reportOptionalMemberAccess]


async def test_when_no_more_may_run_newcomers_stand_in_a_line_in_their_order(stage: Stage) -> None:
    narrow = order("what-if", Serving(max_instances=1, people=1))
    await stage.ready(narrow, "alice")
    seat = stage.supervisor.seat("what-if", "alice")
    assert seat is not None
    with seat.stay(is_person=True):
        for who in ("bob", "carol", "bob"):  # who asks again keeps their place
            await stage.supervisor.open(narrow, session=who)
        assert [stage.supervisor.position("what-if", who) for who in ("bob", "carol")] == [1, 2]
    stage.clock.pass_s(60)
    await stage.supervisor.open(narrow, session="bob")  # still there
    await stage.supervisor.open(narrow, session="carol")
    await stage.supervisor.sweep()
    assert stage.supervisor.seat("what-if", "carol") is None, "bob came first"
    assert stage.supervisor.seat("what-if", "bob") is not None
    assert stage.supervisor.position("what-if", "carol") == 1


async def test_who_waits_in_the_line_and_goes_away_is_waited_for_no_longer(stage: Stage) -> None:
    narrow = order("what-if", Serving(max_instances=1, people=1))
    await stage.ready(narrow, "alice")
    stage.sits("what-if", "alice")
    await stage.supervisor.open(narrow, session="bob")
    stage.clock.pass_s(stage.supervisor.settings.patience_s)
    await stage.supervisor.sweep()
    assert stage.supervisor.position("what-if", "bob") is None


async def test_the_fullest_instance_is_filled_so_that_the_others_can_rest(stage: Stage) -> None:
    wide = order("what-if", Serving(max_instances=2, people=3))
    await stage.ready(wide, "a")
    for who in ("a", "b", "c"):
        stage.sits("what-if", who)
    await stage.ready(wide, "d")
    stage.clock.pass_s(899)
    for who in ("a", "b"):
        seat = stage.supervisor.seat("what-if", who)
        assert seat is not None
        seat.note_person()
    stage.clock.pass_s(1)
    stopped = await stage.supervisor.sweep()
    assert [instance.number for instance in stopped] == [2]
    assert stage.states("what-if") == ["ready", "stopped"]


async def test_a_minimum_runs_though_nobody_comes_and_is_never_idle(stage: Stage) -> None:
    kept = order("what-if", Serving(min_instances=2, max_instances=2))
    await stage.supervisor.keep(kept)
    for app in [await stage.arrive(), await stage.arrive()]:
        app.answer()
    await stage.until(lambda: stage.states("what-if") == ["ready", "ready"])
    stage.clock.pass_s(5000)
    assert await stage.supervisor.sweep() == []


async def test_what_is_to_be_kept_starts_again_after_a_crash_when_its_rest_is_over(stage: Stage) -> None:
    kept = order("what-if", Serving(min_instances=1))
    await stage.supervisor.keep(kept)
    (await stage.arrive()).fail("It failed.")
    await stage.until(lambda: stage.states("what-if") == ["crashed"])
    await stage.supervisor.sweep()
    assert stage.states("what-if") == ["crashed"]
    stage.clock.pass_s(2)
    await stage.supervisor.sweep()
    assert (await stage.arrive()).number == 1


async def test_fewer_are_allowed_than_run_and_people_inside_may_stay(stage: Stage) -> None:
    await stage.ready(TWO_EACH, "alice")
    for who in ("alice", "bob"):
        stage.sits("what-if", who)
    await stage.ready(TWO_EACH, "carol")
    stage.sits("what-if", "carol")
    await stage.supervisor.keep(order("what-if", Serving(max_instances=1, people=2)))
    assert stage.states("what-if") == ["ready", "draining"]
    assert stage.supervisor.seat("what-if", "carol") is not None, "who is inside stays"
    assert stage.supervisor.seat("what-if", "dave") is None


async def test_an_app_may_be_idle_for_as_long_as_its_maintainer_says(stage: Stage) -> None:
    await stage.ready(order("what-if", Serving(idle_minutes=1)))
    stage.clock.pass_s(60)
    [stopped] = await stage.supervisor.sweep()
    assert (stopped.state, stopped.reason) == (State.STOPPED, "Nobody used it for 1 minute.")


async def test_an_instance_that_is_too_old_drains_and_newcomers_get_another(stage: Stage) -> None:
    app = order("what-if", Serving(idle_minutes=7 * 24 * 60))
    await stage.ready(app, "alice")
    stage.sits("what-if", "alice")
    stage.clock.pass_s(24 * 3600)
    assert await stage.supervisor.sweep() == []
    assert stage.supervisor.instances()[0].reason == "It ran for 24 hours, as long as an app may."
    second = await stage.ready(app, "bob")
    assert (second.number, stage.states("what-if")) == (2, ["draining", "ready"])
    seat = stage.supervisor.seat("what-if", "alice")
    assert seat is not None
    assert seat.number == 1


async def test_it_ends_when_the_last_one_has_left(stage: Stage) -> None:
    await stage.ready(order("what-if"), "alice")
    stage.sits("what-if", "alice")
    await stage.supervisor.stop("what-if", reason="For an upgrade.", drain=True)
    assert stage.states("what-if") == ["draining"]
    stage.people.close()
    stage.clock.pass_s(60)
    [stopped] = await stage.supervisor.sweep()
    assert (stopped.state, stopped.reason) == (State.STOPPED, "For an upgrade.")


async def test_or_when_they_have_stayed_too_long(stage: Stage) -> None:
    await stage.ready(order("what-if"), "alice")
    stage.sits("what-if", "alice")
    await stage.supervisor.stop("what-if", reason="For an upgrade.", drain=True)
    stage.clock.pass_s(599)
    assert await stage.supervisor.sweep() == []
    stage.clock.pass_s(1)
    assert [one.state for one in await stage.supervisor.sweep()] == [State.STOPPED]


@allowing(starts=2)
async def test_only_so_many_start_at_a_time_and_the_others_know_their_place(stage: Stage) -> None:
    orders = [order(key) for key in ("a", "b", "c", "d")]
    for one in orders:
        await stage.supervisor.open(one)
    assert {one.key: (one.state.value, one.position) for one in stage.supervisor.instances()} == {
        "a": ("building", None),
        "b": ("building", None),
        "c": ("queued", 1),
        "d": ("queued", 2),
    }
    (await stage.arrive()).answer()
    await stage.until(lambda: stage.states("c") != ["queued"])
    assert stage.supervisor.get("d").position == 1  # pyright: ignore[reportOptionalMemberAccess]


@allowing(starts=4)
async def test_fifty_cold_apps_opened_at_once_all_get_ready_a_few_at_a_time(stage: Stage) -> None:
    keys = [f"app-{number}" for number in range(50)]
    await asyncio.gather(*(stage.supervisor.open(order(key), payer=f"person {key}") for key in keys))
    assert len(stage.supervisor.instances()) == 50
    for _ in keys:
        app = await stage.arrive()
        states = [one.state for one in stage.supervisor.instances()]
        assert sum(state in {State.BUILDING, State.STARTING} for state in states) <= 4
        app.answer()
    await stage.until(lambda: all(one.state is State.READY for one in stage.supervisor.instances()))
    assert [app.spec.key for app in stage.launcher.launched] == keys, "first come, first served"


@allowing(instances=2)
async def test_the_least_recently_used_makes_room_for_another_app(stage: Stage) -> None:
    for key in ("a", "b"):
        await stage.ready(order(key), "alice")
        stage.clock.pass_s(61)
        await stage.supervisor.sweep()
    await stage.supervisor.open(order("c"), session="alice")
    await stage.until(lambda: stage.states("c") != ["queued"])
    assert (stage.states("a"), stage.states("b")) == (["stopped"], ["ready"])
    assert stage.supervisor.get("a").reason == "Nobody was inside, and another app needed its room."  # pyright: ignore[reportOptionalMemberAccess]


@allowing(instances=1)
async def test_nobody_who_works_is_thrown_out_for_another_app(stage: Stage) -> None:
    await stage.ready(order("a"), "alice")
    seat = stage.supervisor.seat("a", "alice")
    assert seat is not None
    stage.clock.pass_s(3600)
    with seat.stay(is_person=True):
        await stage.supervisor.open(order("b"))
        stage.clock.pass_s(10)
        await stage.supervisor.sweep()
        assert (stage.states("a"), stage.states("b")) == (["ready"], ["queued"])


@allowing(instances=1)
async def test_an_app_that_nobody_waits_for_any_more_is_not_started(stage: Stage) -> None:
    await stage.ready(order("a"), "alice")
    stage.sits("a", "alice")
    await stage.supervisor.open(order("b"), payer="bob")
    stage.clock.pass_s(stage.supervisor.settings.patience_s)
    await stage.supervisor.sweep()
    instance = stage.supervisor.get("b")
    assert instance is not None
    assert (instance.state, instance.reason) == (State.STOPPED, "Nobody waited for it any more.")
    assert len(stage.launcher.launched) == 1


REFUSALS = {
    "per_person": ("alice", "You have 1 apps running, and nobody may have more. Close one"),
    "visitors": (Somebody.VISITOR, "1 apps run for visitors without account, and no more may. Sign in"),
    "per_project": ("alice", "1 apps of acme/churn run, and no project may have more. Somebody who maintains it"),
}


@pytest.mark.parametrize(
    ("stage", "payer", "says"),
    [(SupervisorSettings(allowances=replace(Allowances(), **{name: 1})), *given) for name, given in REFUSALS.items()],
    ids=REFUSALS,
    indirect=["stage"],
)
async def test_who_has_too_many_is_told_what_to_do(stage: Stage, payer: Any, says: str) -> None:
    await stage.supervisor.open(order("a"), payer=payer)
    with pytest.raises(RefusedError) as refused:
        await stage.supervisor.open(order("b"), payer=payer)
    assert str(refused.value).startswith(says)
    assert (refused.value.status, refused.value.permanent) == (429, False)
    assert stage.states("b") == []
    await stage.supervisor.open(order("a"), payer=payer)  # what runs is open to them
    await stage.supervisor.stop("a", reason="Done.")
    await stage.supervisor.open(order("b"), payer=payer)


@pytest.mark.parametrize(
    "stage",
    [
        SupervisorSettings(allowances=replace(Allowances(), **{name: 1}))
        for name in ("per_project", "instances", "starts")
    ],
    ids=["per_project", "instances", "starts"],
    indirect=True,
)
@pytest.mark.parametrize("is_there", [True, False], ids=["ready", "starting"])
async def test_what_sits_for_its_picture_is_in_nobodys_way(stage: Stage, *, is_there: bool) -> None:
    if is_there:
        await stage.supervisor.open(order("a"), payer=Somebody.CAMERA)
        (await stage.arrive()).answer()
        await stage.until(lambda: stage.states("a") == ["ready"])
    else:
        await stage.supervisor.open(order("a"), payer=Somebody.CAMERA)
        await stage.arrive()
    await stage.ready(order("b"), "alice", payer="alice")
    assert stage.sits("b", "alice") == 1


@allowing(instances=1)
async def test_a_picture_stops_nobodys_app_and_waits_behind_people(stage: Stage) -> None:
    await stage.ready(order("a"), "alice", payer="alice")
    await stage.supervisor.open(order("b"), payer=Somebody.CAMERA)
    assert (stage.states("a"), stage.states("b")) == (["ready"], ["queued"])
    stage.sits("a", "alice")
    await stage.supervisor.open(order("c"), session="bob", payer="bob")
    assert [stage.supervisor.get(key).position for key in ("b", "c")] == [2, 1]  # pyright: ignore[reportOptionalMemberAccess]


@allowing(per_project=1)
async def test_an_app_that_sat_for_its_picture_counts_once_somebody_came(stage: Stage) -> None:
    await stage.supervisor.open(order("a"), payer=Somebody.CAMERA)
    (await stage.arrive()).answer()
    await stage.until(lambda: stage.supervisor.seat("a", "alice") is not None)
    with pytest.raises(RefusedError):
        await stage.supervisor.open(order("b"), payer="bob")


@allowing(waiting=1, starts=1)
async def test_a_queue_has_an_end(stage: Stage) -> None:
    for key in ("a", "b"):
        await stage.supervisor.open(order(key))
    with pytest.raises(RefusedError, match=r"1 apps wait for their start already. Try again in some minutes."):
        await stage.supervisor.open(order("c"))


async def test_short_memory_stops_the_least_recently_used_as_many_as_are_needed(stage: Stage) -> None:
    for key in ("a", "b", "c"):
        (await stage.ready(order(key))).uses_bytes = GIB
        stage.clock.pass_s(61)
        await stage.supervisor.sweep()  # weighed, and their seats are free
    stage.free_bytes = -GIB  # about one and a half are missing
    stopped = await stage.supervisor.sweep()
    assert [one.key for one in stopped] == ["a", "b"]
    assert stopped[0].reason.startswith("The machine ran short of memory")
    assert stage.states("c") == ["ready"]


async def test_while_memory_is_short_nothing_starts(stage: Stage) -> None:
    stage.free_bytes = 0
    await stage.supervisor.open(order("a"))
    assert stage.states("a") == ["queued"]
    stage.free_bytes = 8 * GIB
    await stage.supervisor.sweep()
    assert stage.states("a") == ["building"]


@pytest.mark.parametrize("stage", [SupervisorSettings(reserve=Reserve(share=0.5))], indirect=True)
async def test_a_minimum_is_not_stopped_for_memory(stage: Stage) -> None:
    await stage.ready(order("a", Serving(min_instances=1)))
    stage.clock.pass_s(61)
    stage.free_bytes = 0
    await stage.supervisor.sweep()
    assert stage.states("a") == ["ready"]


# ---------- what an earlier supervisor left running


def left(stage: Stage, key: str, **changed: Any) -> MemoryApp:
    """An instance that serves already, as an honest launcher reports it but for what is changed."""
    spec = AppSpec(
        key, "acme/churn", "gradio", "app.py", ".", Path("b"), "digest", None, f"http://{key}.localhost:8401"
    )
    app = MemoryApp(spec, number=1, address=UnixAddress(Path(f"/left/{key}")))
    app.pid = 4711
    app.answer()
    stage.births.setdefault(4711, 99)
    told = Adopted(key, 1, spec.ref, "digest", spec.origin, stage.clock(), 99, app)
    stage.launcher.left.append(replace(told, **changed))
    return app


async def orders(key: str) -> Order | None:
    return order(key) if key != "deleted" else None


@pytest.fixture
async def late(clock: Any):
    """A supervisor that has to look first, and is in a hurry."""
    made = Stage(clock, SupervisorSettings(ask_again_s=0, health_timeout_s=0), adopts=True)
    yield made
    await made.supervisor.close()


async def test_what_runs_is_taken_over_with_its_age(late: Stage) -> None:
    app = left(late, "a", started_at=late.clock().replace(hour=3))
    await late.supervisor.adopt(orders)
    [instance] = late.supervisor.instances()
    assert (instance.state, instance.address, instance.pid) == (State.READY, app.address, 4711)
    assert instance.started_at == late.clock().replace(hour=3)
    assert late.supervisor.seat("a") is not None
    app.end(Exit(signal=9))
    await late.until(lambda: late.states("a") == ["crashed"])


@pytest.mark.parametrize(
    "changed",
    [{"bundle_digest": "other"}, {"born": 98}, {"born": None}, {"origin": "http://a.localhost:1"}, {"prefix": "/a"}],
)
async def test_what_is_not_what_it_says_is_ended(late: Stage, changed: dict[str, Any]) -> None:
    app = left(late, "a", **changed)
    await late.supervisor.adopt(orders)
    assert app.has_ended
    assert late.supervisor.instances() == []


async def test_an_app_that_was_deleted_meanwhile_is_ended(late: Stage) -> None:
    app = left(late, "deleted")
    await late.supervisor.adopt(orders)
    assert app.has_ended


async def test_one_that_is_sick_is_ended(late: Stage) -> None:
    app = left(late, "a")
    app.ail("Its server does not answer.")
    await late.supervisor.adopt(orders)
    assert app.has_ended
    assert late.supervisor.instances() == []


async def test_nothing_is_started_or_served_before_the_look_is_over(late: Stage) -> None:
    left(late, "a")
    opening = asyncio.ensure_future(late.supervisor.open(order("a")))
    await asyncio.sleep(0)
    assert late.supervisor.is_looking
    assert not opening.done()
    await late.supervisor.adopt(orders)
    assert (await opening).state is State.READY
    assert late.launcher.launched == []


async def test_what_drained_goes_on_to_under_the_next_supervisor(late: Stage) -> None:
    until = late.clock() + timedelta(seconds=600)
    app = left(late, "a", draining=Draining("A new revision is there.", until, ("alice",)))
    await late.supervisor.adopt(orders)
    instance = late.supervisor.get("a")
    assert instance is not None
    assert (instance.state, instance.reason, instance.people) == (State.DRAINING, "A new revision is there.", 1)
    seat = late.supervisor.seat("a", "alice")
    assert seat is not None
    assert (seat.address, late.supervisor.seat("a", "bob")) == (app.address, None)
    await late.ready(order("a"), "bob")
    assert late.sits("a", "bob") == 2
    late.sits("a", "alice")
    await late.supervisor.sweep()
    assert late.states("a") == ["draining", "ready"]
    late.clock.pass_s(600)
    await late.supervisor.sweep()
    assert app.has_ended
    assert late.states("a") == ["stopped", "ready"]


async def test_what_drained_with_nobody_inside_ends_when_it_is_found(late: Stage) -> None:
    app = left(late, "a", draining=Draining("A new revision is there.", late.clock() + timedelta(seconds=600)))
    await late.supervisor.adopt(orders)
    await late.until(lambda: late.states("a") == ["stopped"])
    assert app.has_ended


async def test_who_is_inside_of_what_drains_is_told_to_the_launcher(stage: Stage) -> None:
    app = await stage.ready(order("a"), "alice")
    stage.sits("a", "alice")
    draining = asyncio.ensure_future(stage.supervisor.stop("a", reason="Bob stopped it.", drain=True))
    await stage.until(lambda: stage.states("a") == ["draining"])
    assert app.draining == Draining("Bob stopped it.", stage.clock() + timedelta(seconds=600), ("alice",))
    await draining


async def test_leaving_ends_nothing(clock: Any) -> None:
    stage = Stage(clock, SupervisorSettings())
    app = await stage.ready(order("a"))
    await stage.supervisor.open(order("b"))
    starting = await stage.arrive()
    await stage.supervisor.leave()
    assert not app.has_ended
    assert not starting.has_ended
    assert stage.launcher.is_closed
    for one in (app, starting):
        await one.stop(grace_s=0)


async def test_one_whose_end_has_begun_is_not_left_to_the_next_supervisor(clock: Any) -> None:
    stage = Stage(clock, SupervisorSettings())
    app = await stage.ready(order("a"))
    app.is_stubborn = True
    stopping = asyncio.create_task(stage.supervisor.stop("a", reason="Alice stopped it."))
    await stage.until(lambda: stage.states("a") == ["draining"])
    await app.is_asked.wait()
    assert not app.has_ended, "it takes its time"
    await stage.supervisor.leave()
    await stopping
    assert app.has_ended
    assert app.graces[1] == 0, "without grace: nobody waits any more"


async def test_no_app_ends_because_the_store_is_away(late: Stage) -> None:
    answers = iter([StoreUnavailableError("It does not answer.")] * 200 + [OSError("broken pipe")] * 3)

    async def away(key: str) -> Order | None:
        if (error := next(answers, None)) is not None:
            raise error
        return order(key)

    app = left(late, "a")
    await late.supervisor.adopt(away)
    assert late.states("a") == ["ready"]
    assert not app.has_ended


@pytest.mark.parametrize("error", [BadStoreUrlError("x://", "it is none"), OSError("always")])
async def test_an_app_that_nobody_can_tell_of_holds_no_other_up(late: Stage, error: Exception) -> None:
    async def partly(key: str) -> Order | None:
        if key == "b":
            raise error
        return order(key)

    whole, broken = left(late, "a"), left(late, "b")
    await late.supervisor.adopt(partly)
    assert (whole.has_ended, broken.has_ended) == (False, True)
    assert not late.supervisor.is_looking


@pytest.mark.parametrize("is_serving", [True, False], ids=["a busy machine", "it was starting"])
async def test_one_that_does_not_answer_yet_has_the_time_of_a_start(late: Stage, is_serving: bool) -> None:
    app = left(late, "a", is_serving=is_serving, born=None if not is_serving else 99)
    app.slow_down()
    await late.supervisor.adopt(orders)
    [instance] = late.supervisor.instances()
    assert (instance.state, instance.pid) == (State.STARTING, 4711)
    assert "has not answered yet" in instance.reason
    assert not late.supervisor.is_looking, "nobody else waits for it"
    app.answer()
    await late.until(lambda: late.states("a") == ["ready"])
    assert late.launcher.launched == []


async def test_what_was_begun_with_another_network_gives_way_to_a_new_one(late: Stage) -> None:
    left(late, "a", network=Network.FULL)
    await late.supervisor.adopt(orders)
    await late.until(lambda: late.states("a") == ["stopped"])
    [ended] = late.supervisor.instances()
    assert ended.reason == "The app has another network now (none)."


async def test_an_app_that_is_set_to_another_network_starts_anew_and_who_is_inside_may_stay(clock: Any) -> None:
    stage = Stage(clock, SupervisorSettings())
    await stage.ready(order("a"), "Alice")
    stage.sits("a", "Alice")
    wider = order("a", Serving(network=Network.FULL))
    await stage.supervisor.keep(wider)
    assert stage.states("a") == ["draining"]
    second = await stage.ready(wider, "Bob")
    assert stage.states("a") == ["draining", "ready"]
    assert second.number == 2
    assert stage.sits("a", "Alice") == 1
    await stage.supervisor.keep(wider)
    assert stage.states("a") == ["draining", "ready"], "the new one stays"
    stage.people.close()
    await stage.supervisor.close()


async def test_what_waits_for_its_turn_begins_with_the_network_of_that_time(clock: Any) -> None:
    stage = Stage(clock, SupervisorSettings())
    stage.free_bytes = 0
    await stage.supervisor.open(order("a"))
    await stage.supervisor.open(order("a", Serving(network=Network.FULL)))
    assert stage.states("a") == ["queued"]
    stage.free_bytes = 8 * GIB
    await stage.supervisor.sweep()
    assert (await stage.arrive()).spec.network is Network.FULL
    await stage.supervisor.close()
