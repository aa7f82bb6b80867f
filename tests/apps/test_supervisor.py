"""The supervisor as histories: what comes in, which states follow. Apps are played by hand (`MemoryLauncher`)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from vitrina.apps import (
    AppError,
    AppSpec,
    Instance,
    MemoryApp,
    MemoryLauncher,
    State,
    Supervisor,
    SupervisorSettings,
    UnknownAppError,
)
from vitrina.apps.launchers.launcher import Exit

pytestmark = pytest.mark.anyio

REF = "acme/churn/models/classifier@1.0.0/apps/what-if"
SPEC = AppSpec("what-if", REF, "gradio", "app.py", ".", Path("b"), "0", None, "http://what-if.localhost:8401")


class Theatre:
    """A supervisor, its played apps, and the snapshots that come out."""

    def __init__(self, clock: Any, settings: SupervisorSettings) -> None:
        self.clock = clock
        self.launcher = MemoryLauncher()
        self.moves: asyncio.Queue[Instance] = asyncio.Queue()
        self.supervisor = Supervisor(self.launcher, settings=settings, clock=clock, on_change=self._note)
        self.visits: list[Any] = []
        self._starts = 0
        self._background: list[asyncio.Future[Any]] = []

    def _note(self, instance: Instance) -> None:
        self.moves.put_nowait(instance)
        self._starts += instance.reason == "Fetching its files."

    async def app(self) -> MemoryApp:
        """The app of the newest start, as soon as the launcher has made it."""
        async with asyncio.timeout(5):
            while len(self.launcher.launched) < self._starts:
                await self.launcher.arrivals.get()
        return self.launcher.launched[-1]

    async def do(self, message: str) -> None:
        word, _, rest = message.partition(" ")
        match word:
            case "open":
                await self.supervisor.open(SPEC)
            case "step":
                (await self.app()).reach(rest, pid=77)
            case "answer":
                (await self.app()).answer()
            case "fail":
                (await self.app()).fail(rest)
            case "exit":
                (await self.app()).end(Exit(code=int(rest)))
            case "signal":
                (await self.app()).end(Exit(signal=int(rest)))
            case "later":
                self.clock.pass_s(float(rest))
            case "sweep":
                await self.supervisor.sweep()
            case "stop":
                await self.supervisor.stop(SPEC.key, reason=rest)
            case "stopping":
                self._background.append(asyncio.ensure_future(self.supervisor.stop(SPEC.key, reason=rest)))
            case "visit":
                seat = self.supervisor.seat(SPEC.key, rest)
                assert seat is not None
                self.visits.append(seat.stay(is_person=True))
                self.visits[-1].__enter__()
            case "leave":
                self.visits.pop().__exit__(None, None, None)
            case _:
                raise AssertionError(f"no such message: {message}")

    async def be_ready(self, spec: AppSpec = SPEC) -> MemoryApp:
        await self.supervisor.open(spec)
        app = await self.app()
        app.answer()
        assert (await self.supervisor.wait_ready(spec.key, timeout_s=5)).state is State.READY
        return app

    async def end(self) -> None:
        for visit in self.visits:
            visit.__exit__(None, None, None)
        await asyncio.gather(*self._background)
        await self.supervisor.close()


@pytest.fixture
async def theatre(clock: Any) -> AsyncIterator[Theatre]:
    made = Theatre(clock, SupervisorSettings(idle_s=900, start_timeout_s=30))
    yield made
    await made.end()


HISTORIES: dict[str, list[tuple[str, *tuple[str, ...]]]] = {
    "it is opened, gets ready, and is left alone for the idle time": [
        ("open", "queued", "building", "starting"),
        ("step Loading.", "starting: Loading."),
        ("answer", "ready"),
        ("later 899",),
        ("sweep",),
        ("later 1",),
        ("sweep", "draining: Nobody used it for 15 minutes.", "draining", "stopped: Nobody used it for 15 minutes."),
    ],
    "somebody who stays keeps it, and leaving starts the idle time anew": [
        ("open", "queued", "building", "starting"),
        ("answer", "ready"),
        ("visit",),
        ("later 5000",),
        ("sweep",),
        ("leave",),
        ("later 899",),
        ("sweep",),
        ("later 1",),
        ("sweep", "draining: Nobody used it for 15 minutes.", "draining", "stopped: Nobody used it for 15 minutes."),
    ],
    "opening it again keeps it too": [
        ("open", "queued", "building", "starting"),
        ("answer", "ready"),
        ("later 899",),
        ("open",),
        ("later 899",),
        ("sweep",),
    ],
    "a start that takes longer than the idle time is not idle": [
        ("open", "queued", "building", "starting"),
        ("later 5000",),
        ("sweep",),
        ("answer", "ready"),
    ],
    "it fails at the start and is left alone for the back-off": [
        ("open", "queued", "building", "starting"),
        ("fail The app file failed.", "crashed: The app file failed."),
        ("open",),
        ("later 1.9",),
        ("open",),
        ("later 0.1",),
        ("open", "queued", "building", "starting"),
        ("answer", "ready"),
    ],
    "each crash in a row doubles the back-off": [
        ("open", "queued", "building", "starting"),
        ("fail one", "crashed: one"),
        ("later 2",),
        ("open", "queued", "building", "starting"),
        ("fail two", "crashed: two"),
        ("later 2",),
        ("open",),
        ("later 2",),
        ("open", "queued", "building", "starting"),
        ("answer", "ready"),
    ],
    "it is killed while it is open": [
        ("open", "queued", "building", "starting"),
        ("answer", "ready"),
        ("visit",),
        (
            "signal 9",
            "crashed: The app was killed (signal 9, SIGKILL). Perhaps out of memory? Its last log lines say more.",
        ),
        ("leave",),
        ("later 2",),
        ("open", "queued", "building", "starting"),
    ],
    "it ends by itself": [
        ("open", "queued", "building", "starting"),
        ("answer", "ready"),
        ("exit 1", "crashed: The app ended by itself (exit 1). Its last log lines say more."),
    ],
    "it breaks down in native code": [
        ("open", "queued", "building", "starting"),
        ("answer", "ready"),
        (
            "signal 11",
            "crashed: The app broke down in native code (signal 11, SIGSEGV): a library's fault. "
            "Its last log lines say more.",
        ),
    ],
    "it is stopped by hand and opened again": [
        ("open", "queued", "building", "starting"),
        ("answer", "ready"),
        ("stop Alice stopped it.", "draining: Alice stopped it.", "draining", "stopped: Alice stopped it."),
        ("stop Twice is once.",),
        ("open", "queued", "building", "starting"),
    ],
    "it is stopped while it starts, and that is no crash": [
        ("open", "queued", "building", "starting"),
        ("step Loading.", "starting: Loading."),
        ("stop Alice stopped it.", "draining: Alice stopped it.", "draining", "stopped: Alice stopped it."),
    ],
    "it is opened while it ends, and who comes gets another instance": [
        ("open", "queued", "building", "starting"),
        ("answer", "ready"),
        ("stopping For an upgrade.", "draining: For an upgrade.", "draining: For an upgrade."),
        ("open", "queued", "building"),
    ],
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
async def test_history(history: list[tuple[str, ...]], theatre: Theatre) -> None:
    for message, *expected in history:
        await theatre.do(message)
        for words in expected:
            async with asyncio.timeout(5):
                instance = await theatre.moves.get()
            state, _, reason = words.partition(": ")
            assert instance.state.value == state, f"after {message!r}: {instance}"
            assert not reason or instance.reason == reason
        assert theatre.moves.empty(), f"more than expected after {message!r}: {theatre.moves.get_nowait()}"


async def test_a_hundred_clicks_start_one_process(theatre: Theatre) -> None:
    snapshots = await asyncio.gather(*(theatre.supervisor.open(SPEC) for _ in range(100)))
    assert {instance.state for instance in snapshots} == {State.BUILDING}
    waiting = [asyncio.ensure_future(theatre.supervisor.wait_ready(SPEC.key, timeout_s=5)) for _ in range(100)]
    app = await theatre.app()
    app.answer()
    ready = await asyncio.gather(*waiting)
    assert {(instance.state, instance.address) for instance in ready} == {(State.READY, app.address)}
    assert len(theatre.launcher.launched) == 1


async def test_waiting_ends_with_its_time_and_tells_how_far_it_is(theatre: Theatre) -> None:
    await theatre.supervisor.open(SPEC)
    await theatre.app()
    assert (await theatre.supervisor.wait_ready(SPEC.key, timeout_s=0.001)).state is State.STARTING


async def test_who_opens_an_app_that_ends_waits_for_another_instance(theatre: Theatre) -> None:
    await theatre.be_ready()
    stopping = asyncio.ensure_future(theatre.supervisor.stop(SPEC.key, reason="For an upgrade."))
    async with asyncio.timeout(5):
        while (await theatre.moves.get()).state is not State.DRAINING:
            pass
    assert (await theatre.supervisor.open(SPEC)).number == 2
    waiting = asyncio.ensure_future(theatre.supervisor.wait_ready(SPEC.key, timeout_s=5))
    await stopping
    (await theatre.app()).answer()
    assert (await waiting).state is State.READY
    assert len(theatre.launcher.launched) == 2


async def test_waiting_ends_with_a_crash(theatre: Theatre) -> None:
    await theatre.supervisor.open(SPEC)
    (await theatre.app()).fail("The app file failed.")
    crashed = await theatre.supervisor.wait_ready(SPEC.key, timeout_s=5)
    assert (crashed.state, crashed.reason, crashed.crashes) == (State.CRASHED, "The app file failed.", 1)
    assert crashed.retry_at == theatre.clock() + timedelta(seconds=2)


async def test_what_never_gets_ready_is_ended_and_says_how_far_it_came(clock: Any) -> None:
    theatre = Theatre(clock, SupervisorSettings(start_timeout_s=0.05))
    await theatre.supervisor.open(SPEC)
    app = await theatre.app()
    app.reach("Running its file.")
    crashed = await theatre.supervisor.wait_ready(SPEC.key, timeout_s=5)
    assert crashed.state is State.CRASHED
    assert crashed.reason == (
        "The app did not get ready within 0.05 s; it came as far as: Running its file. "
        "Look in its log for what it waits for."
    )
    assert app.graces == [0]
    await theatre.end()


async def test_a_launcher_that_refuses_makes_a_crash_with_its_reason(theatre: Theatre) -> None:
    theatre.launcher.refusal = AppError("The machine is full.", hint="Stop another app.")
    await theatre.supervisor.open(SPEC)
    crashed = await theatre.supervisor.wait_ready(SPEC.key, timeout_s=5)
    assert (crashed.state, crashed.reason) == (State.CRASHED, "The machine is full. Stop another app.")


async def test_a_launcher_that_fails_leaves_nothing_starting_for_ever(theatre: Theatre) -> None:
    theatre.launcher.refusal = ZeroDivisionError("its own mistake")
    await theatre.supervisor.open(SPEC)
    crashed = await theatre.supervisor.wait_ready(SPEC.key, timeout_s=5)
    assert crashed.reason == "Vitrina could not run it: ZeroDivisionError: its own mistake"


async def test_two_apps_have_two_lives(theatre: Theatre) -> None:
    other = replace(SPEC, key="dashboard", ref="acme/churn/models/classifier@1.0.0/apps/dashboard")
    for spec in (SPEC, other):
        await theatre.be_ready(spec)
    await theatre.supervisor.stop(SPEC.key, reason="Done.")
    assert [(i.key, i.state) for i in theatre.supervisor.instances()] == [
        ("dashboard", State.READY),
        ("what-if", State.STOPPED),
    ]


async def test_people_are_counted_while_they_are_there(theatre: Theatre) -> None:
    await theatre.be_ready()
    seat = theatre.supervisor.seat(SPEC.key)
    assert seat is not None
    with seat.stay(is_person=True), seat.stay(is_person=True), seat.stay(is_person=False):
        theatre.clock.pass_s(60)
        assert theatre.supervisor.instances()[0].uses == 2
    instance = theatre.supervisor.instances()[0]
    assert (instance.uses, instance.last_used_at) == (0, theatre.clock())


async def test_what_no_person_caused_is_no_use(theatre: Theatre) -> None:
    await theatre.be_ready()
    seat = theatre.supervisor.seat(SPEC.key)
    assert seat is not None
    with seat.stay(is_person=False):
        theatre.clock.pass_s(900)
        assert [instance.state for instance in await theatre.supervisor.sweep()] == [State.STOPPED]


async def test_what_a_person_sends_on_an_open_socket_is_use(theatre: Theatre) -> None:
    await theatre.be_ready()
    seat = theatre.supervisor.seat(SPEC.key)
    assert seat is not None
    with seat.stay(is_person=False):
        theatre.clock.pass_s(899)
        seat.note_person()
        theatre.clock.pass_s(899)
        assert await theatre.supervisor.sweep() == []


async def test_a_request_that_fails_is_no_crash(theatre: Theatre) -> None:
    await theatre.be_ready()
    seat = theatre.supervisor.seat(SPEC.key)
    assert seat is not None
    with pytest.raises(ConnectionResetError), seat.stay(is_person=True):
        raise ConnectionResetError
    assert theatre.supervisor.instances()[0].state is State.READY


async def test_finding_a_seat_and_counting_a_request_costs_next_to_nothing() -> None:
    theatre = Theatre(lambda: datetime.now(UTC), SupervisorSettings())
    await theatre.be_ready()

    def thousand_requests() -> float:
        begun = time.perf_counter()
        for _ in range(1000):
            seat = theatre.supervisor.seat(SPEC.key, "alice")
            assert seat is not None
            with seat.stay(is_person=True):
                pass
        return time.perf_counter() - begun

    assert min(thousand_requests() for _ in range(20)) < 0.010, "ten microseconds a request"
    await theatre.end()


async def test_an_unknown_key_says_so(theatre: Theatre) -> None:
    asks: list[Callable[[], Any]] = [
        lambda: theatre.supervisor.wait_ready("nobody", timeout_s=1),
        lambda: theatre.supervisor.stop("nobody", reason=""),
    ]
    for ask in asks:
        with pytest.raises(UnknownAppError, match=r"There is no app 'nobody' here. Open it first."):
            await ask()
    assert theatre.supervisor.get("nobody") is None
    assert theatre.supervisor.seat("nobody") is None


async def test_closing_stops_everything_and_lets_nothing_in(theatre: Theatre) -> None:
    app = await theatre.be_ready()
    await theatre.supervisor.close()
    [instance] = theatre.supervisor.instances()
    assert (instance.state, instance.reason) == (State.STOPPED, "The hub stopped.")
    assert app.graces[0] == theatre.supervisor.settings.stop_timeout_s
    assert theatre.launcher.is_closed
    with pytest.raises(AppError, match="The hub is stopping"):
        await theatre.supervisor.open(SPEC)


async def test_run_stops_idle_apps_by_itself() -> None:
    theatre = Theatre(lambda: datetime.now(UTC), SupervisorSettings(idle_s=0.01))
    running = asyncio.ensure_future(theatre.supervisor.run())
    await theatre.supervisor.open(SPEC)
    (await theatre.app()).answer()
    async with asyncio.timeout(5):
        states = [(await theatre.moves.get()).state for _ in range(7)]
    assert states[-4:] == [State.READY, State.DRAINING, State.DRAINING, State.STOPPED]
    running.cancel()
    await theatre.end()


async def test_the_log_is_the_launchers(theatre: Theatre) -> None:
    theatre.launcher.lines[SPEC.key] = ["one", "two", "three"]
    assert await theatre.supervisor.log_tail(SPEC.key, lines=2) == ["two", "three"]
    assert await theatre.supervisor.log_tail("nobody") == []


def test_a_key_is_one_host_label() -> None:
    for key in ("", "Upper", "a/b", "..", "-a", "a" * 64):
        with pytest.raises(AppError, match="cannot be an app's key"):
            replace(SPEC, key=key)
