"""The supervisor under whatever order of events: hypothesis looks for a history that breaks a promise."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from vitrina.apps import AppSpec, Backoff, Instance, MemoryApp, MemoryLauncher, State, Supervisor, SupervisorSettings
from vitrina.apps.launchers.launcher import Exit

KEYS = ("what-if", "dashboard")
BACKOFF = Backoff(first_s=2, most_s=20, healthy_s=60)
TURNS = 12
"""More turns of the event loop than any chain of callbacks in the supervisor has links."""


def spec(key: str) -> AppSpec:
    return AppSpec(
        key, f"acme/churn/{key}", "dash", "app.py", ".", Path("b"), "0", None, f"http://{key}.localhost:8401"
    )


class SupervisorMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 23, tzinfo=UTC)
        self.moves: dict[str, list[Instance]] = {key: [] for key in KEYS}
        self.visits = {key: ExitStack() for key in KEYS}
        self.runner = asyncio.Runner()
        self.runner.run(self._begin())

    async def _begin(self) -> None:
        self.launcher = MemoryLauncher()
        self.supervisor = Supervisor(
            self.launcher,
            settings=SupervisorSettings(idle_s=900, start_timeout_s=1000, backoff=BACKOFF),
            clock=lambda: self.now,
            on_change=lambda instance: self.moves[instance.key].append(instance),
        )

    def teardown(self) -> None:
        for visit in self.visits.values():
            visit.close()
        self.runner.run(self.supervisor.close())
        assert all(app.has_ended for app in self.launcher.launched)
        self.runner.close()

    def settle(self) -> None:
        async def turn() -> None:
            for _ in range(TURNS):
                await asyncio.sleep(0)

        self.runner.run(turn())

    def living(self, key: str) -> list[MemoryApp]:
        return [app for app in self.launcher.launched if app.spec.key == key and not app.has_ended]

    def state(self, key: str) -> State:
        instance = self.supervisor.get(key)
        return instance.state if instance else State.COLD

    @rule(key=st.sampled_from(KEYS), clicks=st.integers(1, 5))
    def people_open_it(self, key: str, clicks: int) -> None:
        before, launches = self.supervisor.get(key), len(self.launcher.launched)

        async def click() -> None:
            await asyncio.gather(*(self.supervisor.open(spec(key)) for _ in range(clicks)))

        self.runner.run(click())
        self.settle()
        if before and before.state is State.CRASHED and before.retry_at and self.now < before.retry_at:
            assert len(self.launcher.launched) == launches, "a crashed app was started before its time"
        assert len(self.launcher.launched) <= launches + 1

    @rule(key=st.sampled_from(KEYS), how=st.sampled_from(["answer", "fail", "exit", "kill", "step"]))
    def something_happens_to_it(self, key: str, how: str) -> None:
        for app in self.living(key):
            match how:
                case "answer" if self.state(key) is State.STARTING:
                    app.answer()
                case "fail" if self.state(key) is State.STARTING:
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

    @rule(key=st.sampled_from(KEYS))
    def somebody_stops_it(self, key: str) -> None:
        if self.supervisor.get(key):
            self.runner.run(self.supervisor.stop(key, reason="By hand."))
            assert self.living(key) == []

    @rule(key=st.sampled_from(KEYS))
    def somebody_comes(self, key: str) -> None:
        self.people_open_it(key, 1)
        self.something_happens_to_it(key, "answer")
        self.visits[key].enter_context(self.supervisor.using(key))

    @rule(key=st.sampled_from(KEYS))
    def everybody_leaves(self, key: str) -> None:
        self.visits[key].close()

    @rule(seconds=st.sampled_from([1.0, 2.0, 30.0, 899.0, 900.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(seconds=st.sampled_from([0.0, 900.0]))
    @precondition(lambda self: self.launcher.launched)
    def it_is_swept(self, seconds: float) -> None:
        self.time_passes(seconds)
        ready = {i.key: i for i in self.supervisor.instances() if i.state is State.READY}
        stopped = {instance.key for instance in self.runner.run(self.supervisor.sweep())}
        for key, instance in ready.items():
            is_left_alone = instance.uses > 0 or self.now - instance.last_used_at < timedelta(seconds=900)
            assert (key in stopped) != is_left_alone

    @invariant()
    def there_is_at_most_one_process_and_it_fits_the_state(self) -> None:
        for key in KEYS:
            running = len(self.living(key))
            assert running == (1 if self.state(key) in {State.STARTING, State.READY} else 0)

    @invariant()
    def every_move_was_told(self) -> None:
        for key in KEYS:
            instance = self.supervisor.get(key)
            if instance and self.moves[key]:
                assert self.moves[key][-1].state is instance.state

    @invariant()
    def what_is_not_running_says_why(self) -> None:
        for instance in self.supervisor.instances():
            assert instance.reason or instance.state in {State.COLD, State.READY}


TestSupervisorMachine = SupervisorMachine.TestCase
TestSupervisorMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
