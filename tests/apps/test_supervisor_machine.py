"""The supervisor under whatever order of events: hypothesis looks for a history that breaks a promise."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from vitrina.apps import (
    LIFE,
    AppSpec,
    Backoff,
    Instance,
    MemoryApp,
    MemoryLauncher,
    State,
    Supervisor,
    SupervisorSettings,
)
from vitrina.apps.allowances import Allowances, RefusedError
from vitrina.apps.launchers.launcher import Adopted, Exit
from vitrina.apps.life import LIVING, RUNNING
from vitrina.apps.order import Order, ready_made
from vitrina.apps.policy import Machine
from vitrina.apps.pressure import Memory
from vitrina.store.serving import Serving

KEYS = ("what-if", "dashboard", "table")
SESSIONS = ("alice", "bob", "carol", "dave")
SERVINGS = (Serving(), Serving(max_instances=3, people=1), Serving(min_instances=1, max_instances=2, people=2))
BACKOFF = Backoff(first_s=2, most_s=20, healthy_s=60)
ALLOWED = Allowances(instances=4, starts=2, waiting=3, per_person=3, per_project=6, visitors=3)
TURNS = 12
"""More turns of the event loop than any chain of callbacks in the supervisor has links."""

HAS_PROCESS = {State.STARTING, State.READY}


def order(key: str, serving: Serving) -> Order:
    spec = AppSpec(
        key, f"acme/churn/{key}", "dash", "app.py", ".", Path("b"), "0", None, f"http://{key}.localhost:8401"
    )
    return replace(ready_made(spec), serving=serving)


class SupervisorMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 23, tzinfo=UTC)
        self.free_bytes = 2**33
        self.moves: list[Instance] = []
        self.serving: dict[str, Serving] = dict.fromkeys(map(str, KEYS), SERVINGS[0])
        self.visits: dict[tuple[str, str], tuple[int, MemoryApp, ExitStack]] = {}
        """By app and session: the instance's number, its process, and what they have open there."""

        self.left: list[MemoryApp] = []
        self.refused: list[RefusedError] = []
        self.runner = asyncio.Runner()
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        self.launcher = MemoryLauncher()
        self.supervisor = self._supervisor()

    def _supervisor(self, *, adopts: bool = False) -> Supervisor:
        return Supervisor(
            self.launcher,
            settings=SupervisorSettings(
                idle_s=900, start_timeout_s=1000, lifetime_s=5000, drain_s=300, backoff=BACKOFF, allowances=ALLOWED
            ),
            clock=lambda: self.now,
            machine=Machine(memory=lambda: Memory(2**33, self.free_bytes), born=lambda pid: pid),
            on_change=self.moves.append,
            adopts=adopts,
        )

    def teardown(self) -> None:
        for *_, visit in self.visits.values():
            visit.close()
        self.runner.run(self.supervisor.close())
        assert all(app.has_ended for app in [*self.launcher.launched, *self.left])
        self.runner.close()

    def settle(self) -> None:
        async def turn() -> None:
            for _ in range(TURNS):
                await asyncio.sleep(0)

        self.runner.run(turn())

    def living(self, key: str) -> list[MemoryApp]:
        return [app for app in [*self.launcher.launched, *self.left] if app.spec.key == key and not app.has_ended]

    def of(self, key: str) -> list[Instance]:
        return [instance for instance in self.supervisor.instances() if instance.key == key]

    @rule(key=st.sampled_from(KEYS), sessions=st.lists(st.sampled_from(SESSIONS), min_size=1, max_size=5))
    def people_open_it(self, key: str, sessions: list[str]) -> None:
        launches = len(self.launcher.launched)
        is_resting = any(one.retry_at and self.now < one.retry_at for one in self.of(key))

        async def click(session: str) -> None:
            try:
                await self.supervisor.open(order(key, self.serving[key]), session=session, payer=session)
            except RefusedError as error:
                self.refused.append(error)

        async def clicks() -> None:
            await asyncio.gather(*(click(session) for session in sessions))

        self.runner.run(clicks())
        self.settle()
        mine = [app for app in self.launcher.launched[launches:] if app.spec.key == key]
        assert not (is_resting and mine), "a crashed app was started before its time"
        assert len(mine) <= len(set(sessions)), "more were started than people came"

    @rule(key=st.sampled_from(KEYS), serving=st.sampled_from(SERVINGS))
    def its_maintainer_decides(self, key: str, serving: Serving) -> None:
        self.serving[key] = serving
        self.runner.run(self.supervisor.keep(order(key, serving)))
        self.settle()
        assert sum(one.state in LIVING for one in self.of(key)) <= serving.max_instances

    @rule(key=st.sampled_from(KEYS), how=st.sampled_from(["answer", "fail", "exit", "kill", "step"]))
    def something_happens_to_it(self, key: str, how: str) -> None:
        states = {one.number: one.state for one in self.of(key)}
        for app in self.living(key):
            match how:
                case "answer" if states[app.number] is State.STARTING:
                    app.answer()
                case "fail" if states[app.number] is State.STARTING:
                    app.fail("The app file failed.")
                case "exit":
                    app.end(Exit(code=0))
                case "kill":
                    app.end(Exit(signal=9))
                case "step":
                    app.reach("One step further.")
                case _:
                    pass
        self.settle()

    @rule(key=st.sampled_from(KEYS), drain=st.booleans())
    def somebody_stops_it(self, key: str, drain: bool) -> None:
        if self.supervisor.get(key):
            self.runner.run(self.supervisor.stop(key, reason="By hand.", drain=drain))
            assert drain or not any(one.state in RUNNING for one in self.of(key))
            assert not any(one.state in LIVING for one in self.of(key))
            self.settle()

    @rule(key=st.sampled_from(KEYS), session=st.sampled_from(SESSIONS))
    def somebody_comes_in(self, key: str, session: str) -> None:
        self.people_open_it(key, [session])
        self.something_happens_to_it(key, "answer")
        seat = self.supervisor.seat(key, session)
        if seat is not None and (key, session) not in self.visits:
            visit = ExitStack()
            visit.enter_context(seat.stay(is_person=True))
            [app] = [app for app in self.living(key) if app.number == seat.number]
            self.visits[key, session] = (seat.number, app, visit)

    @rule(key=st.sampled_from(KEYS), session=st.sampled_from(SESSIONS))
    def somebody_leaves(self, key: str, session: str) -> None:
        if visited := self.visits.pop((key, session), None):
            visited[-1].close()

    @rule(free=st.sampled_from([2**33, 2**33, 0]))
    def memory_changes(self, free: int) -> None:
        self.free_bytes = free

    @rule(seconds=st.sampled_from([1.0, 2.0, 30.0, 899.0, 900.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(seconds=st.sampled_from([0.0, 60.0, 900.0]))
    def it_is_swept(self, seconds: float) -> None:
        self.time_passes(seconds)
        used = {(one.key, one.number) for one in self.supervisor.instances() if one.uses and one.state is State.READY}
        stopped = {(one.key, one.number) for one in self.runner.run(self.supervisor.sweep())}
        self.settle()
        assert not used & stopped, "somebody was at work there"

    @rule()
    def the_front_is_restarted(self) -> None:
        """Planned: the next supervisor takes over what this one leaves."""
        for *_, visit in self.visits.values():
            visit.close()
        self.visits.clear()
        kept = [app for key in KEYS for app in self.living(key)]
        alive = {State.READY, State.STARTING}
        before = {(one.key, one.number, one.state) for one in self.supervisor.instances() if one.state in alive}
        self.runner.run(self._restart(kept))
        self.settle()
        taken = {(one.key, one.number, one.state) for one in self.supervisor.instances() if one.state in alive}
        assert before <= taken, "an app that served or was starting was lost"

    async def _restart(self, kept: list[MemoryApp]) -> None:
        await self.supervisor.leave()
        self.launcher.launched = [app for app in self.launcher.launched if app not in kept]
        self.left = [*(app for app in self.left if app not in kept), *kept]
        self.launcher.left = [
            Adopted(
                app.spec.key, app.number, app.spec.ref, "0", app.spec.origin, self.now, 7, app, is_serving=app.serves
            )
            for app in kept
        ]
        for app in kept:
            app.pid = 7
        self.moves.clear()
        self.supervisor = self._supervisor(adopts=True)

        async def order_of(key: str) -> Order:
            return order(key, self.serving[key])

        await self.supervisor.adopt(order_of)

    @invariant()
    def every_process_belongs_to_an_instance_that_needs_it(self) -> None:
        for key in KEYS:
            numbers = sorted(app.number for app in self.living(key))
            served = sorted(
                one.number
                for one in self.of(key)
                if one.state in HAS_PROCESS or (one.state is State.DRAINING and one.address is not None)
            )
            assert numbers == served

    @invariant()
    def the_machine_is_never_overfull(self) -> None:
        states = [one.state for one in self.supervisor.instances()]
        begun_here = [state for state in states if state in {State.BUILDING, State.STARTING}]
        assert len(begun_here) <= ALLOWED.starts
        assert sum(state in RUNNING for state in states) <= ALLOWED.instances
        assert sum(state is State.QUEUED for state in states) <= ALLOWED.waiting

    @invariant()
    def who_is_refused_is_told_what_to_do(self) -> None:
        assert all(error.hint for error in self.refused)

    @invariant()
    def the_queue_has_no_gaps(self) -> None:
        positions = sorted(one.position or 0 for one in self.supervisor.instances() if one.state is State.QUEUED)
        assert positions == list(range(1, len(positions) + 1))

    @invariant()
    def who_is_inside_stays_where_they_are_while_it_serves(self) -> None:
        for (key, session), (number, visited, _) in self.visits.items():
            if not visited.has_ended and any(one.number == number and one.address for one in self.of(key)):
                seat = self.supervisor.seat(key, session)
                assert seat is not None
                assert seat.number == number

    @invariant()
    def each_move_is_one_of_the_table(self) -> None:
        last: dict[tuple[str, int], State] = {}
        for one in self.moves:
            before = last.get((one.key, one.number), State.COLD)
            assert one.state in LIFE[before].values(), f"{before} -> {one.state}"
            last[one.key, one.number] = one.state
        assert all(last.get((one.key, one.number), State.COLD) is one.state for one in self.supervisor.instances())

    @invariant()
    def what_is_not_running_says_why(self) -> None:
        for instance in self.supervisor.instances():
            assert instance.reason or instance.state in {State.COLD, State.READY}


TestSupervisorMachine = SupervisorMachine.TestCase
TestSupervisorMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
