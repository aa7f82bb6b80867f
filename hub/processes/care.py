"""What the parent decides, and nothing else: events in, commands out (`talk`). `parent` carries the commands out.

    start ─▶ STARTING ──ready──▶ SERVING           a child that ends unasked is started again, after a pause that
                 ▲  └─end─┐        │ end           doubles with each end in a row and never passes `Patience.most_s`
                 │        ▼        ▼
             pause over ─ RESTING ◀┘

Rule 1: no child's end ends another one.
Rule 2: a child that says it could not start (COULD_NOT_START) ends all: starting it again cannot help.
Rule 3: so does one that ended `Patience.false_starts` times in a row before it was ready. Not one that says it may do
        so later (LATER), because the store is away: it is started again and again, and what runs goes on meanwhile.
Rule 4: when the end was asked for, every child is asked; who is still there after `Patience.stop_s` is killed, and all
        are killed at once when the end is asked for again.
Rule 5: when a restart was asked for, the program as it is installed now is tried first. If it works, every child goes
        likewise, but the front leaves its apps running; when none is left the parent replaces itself. A request to end
        that comes meanwhile wins. If it does not work, all goes on as it is.
Rule 6: a child that serves is asked again and again whether it still does. One that is silent `Patience.silences` times
        in a row hangs, and so does one that neither serves nor ends for `Patience.start_s`: it shows where, is killed,
        and starts again. A busy machine is slow, and silent for no minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from vitrina.hub.processes.talk import (
    COULD_NOT_START,
    LATER,
    Announce,
    Answered,
    Ask,
    Began,
    Child,
    Command,
    EndAsked,
    Ended,
    EndTrial,
    Event,
    Finish,
    Kill,
    Leave,
    NotReplaced,
    Ready,
    Refuse,
    Replace,
    RestartAsked,
    Say,
    Show,
    Start,
    Terminate,
    TimePassed,
    Tried,
    Try,
)


class Phase(Enum):
    STARTING = "starting"
    SERVING = "serving"
    HANGING = "hanging"
    """It does not answer, and is given a moment to show where it hangs."""

    RESTING = "resting"
    """It ended, and waits to be started again."""

    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Patience:
    """Times in seconds."""

    first_s: float = 0.5
    most_s: float = 30.0
    healthy_s: float = 60.0
    """A child that served so long has its earlier ends forgiven."""

    false_starts: int = 5
    stop_s: float = 10.0
    later_s: float = 2.0
    """Between two starts of a child that waits for the store."""

    ask_each_s: float = 15.0
    silences: int = 8
    """In a row. Counted, not timed: a parent that was itself stopped for a while has asked once and not eight times."""

    start_s: float = 600.0
    """A child that neither serves nor ends for so long hangs, too: waiting for a database is given up much sooner."""

    show_s: float = 3.0
    trial_s: float = 120.0
    """So long the program that is to replace this one may be tried."""

    def pause_s(self, ends: int) -> float:
        """How long to wait after this many ends in a row (1 or more)."""
        return min(self.first_s * 2.0 ** min(ends - 1, 30), self.most_s)


@dataclass(frozen=True, slots=True)
class _Kept:
    phase: Phase = Phase.GONE
    since_s: float = 0.0
    """When the phase began; of RESTING and HANGING, when it is over."""

    ends: int = 0
    """In a row."""

    false_starts: int = 0
    """In a row."""

    ask_at_s: float = 0.0
    """When a child that serves is asked next."""

    silences: int = 0
    """How often it was asked, and has not answered."""

    @property
    def is_there(self) -> bool:
        return self.phase in {Phase.STARTING, Phase.SERVING, Phase.HANGING}


class Care:
    """The parent's mind. It knows no process and no clock: `now_s` is any clock that only grows."""

    def __init__(self, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._kept = dict.fromkeys(Child, _Kept())
        self._is_announced = False
        self._kill_at_s: float | None = None
        """Set: the end, or a restart, was asked for."""
        self._begins_anew = False
        """After the end of all: a restart was asked for."""

        self._trial_ends_s: float | None = None
        """Set: the program that is to replace this one is being tried."""

        self._code = 0

    def decide(self, event: Event, *, now_s: float) -> Sequence[Command]:
        """What is to be done, in this order."""
        match event:
            case Began():
                return [self._started(child, now_s) for child in Child]
            case Ready(child):
                return self._served(child, now_s)
            case Answered(child):
                self._kept[child] = replace(self._kept[child], silences=0)
                return []
            case Ended(child, code):
                return self._ended(child, code, now_s)
            case EndAsked():
                return self._leave(now_s)
            case RestartAsked():
                return self._try(now_s)
            case Tried(failure):
                return self._tried(failure, now_s)
            case NotReplaced(reason):
                return self._stayed(reason, now_s)
            case TimePassed():
                return self._look(now_s)

    def next_s(self) -> float | None:
        """When time alone will ask for something; None: only events do."""
        resting = (Phase.RESTING, Phase.HANGING)
        due = [kept.since_s for kept in self._kept.values() if kept.phase in resting]
        due += [kept.ask_at_s for kept in self._kept.values() if kept.phase is Phase.SERVING]
        due += [kept.since_s + self._patience.start_s for kept in self._kept.values() if kept.phase is Phase.STARTING]
        if self._kill_at_s is not None:
            due = [self._kill_at_s]
        if self._trial_ends_s is not None:
            due.append(self._trial_ends_s)
        return min(due, default=None)

    def _started(self, child: Child, now_s: float) -> Start:
        self._kept[child] = replace(self._kept[child], phase=Phase.STARTING, since_s=now_s)
        return Start(child)

    def _served(self, child: Child, now_s: float) -> list[Command]:
        self._kept[child] = replace(
            self._kept[child],
            phase=Phase.SERVING,
            since_s=now_s,
            false_starts=0,
            ask_at_s=now_s + self._patience.ask_each_s,
            silences=0,
        )
        if self._is_announced or any(kept.phase is not Phase.SERVING for kept in self._kept.values()):
            return []
        self._is_announced = True
        return [Announce()]

    def _ended(self, child: Child, code: int, now_s: float) -> list[Command]:
        before = self._kept[child]
        if self._kill_at_s is not None:
            self._kept[child] = _Kept()
            return self._finish()
        if code == COULD_NOT_START:
            return self._give_up(child, [], now_s)
        if code == LATER:
            self._kept[child] = replace(before, phase=Phase.RESTING, since_s=now_s + self._patience.later_s)
            return [Say(f"The {child.value} cannot serve now; it tries again every {self._patience.later_s:g} s.")]
        is_forgiven = before.phase is Phase.SERVING and now_s - before.since_s >= self._patience.healthy_s
        ends = 1 if is_forgiven else before.ends + 1
        false_starts = before.false_starts + (before.phase is Phase.STARTING)
        how = "was ended, since it did not answer" if before.phase is Phase.HANGING else _how(code)
        if false_starts >= self._patience.false_starts:
            line = f"The {child.value} {how} before it was ready, {false_starts} times in a row: the hub gives up."
            return self._give_up(child, [Say(line)], now_s)
        pause_s = self._patience.pause_s(ends)
        self._kept[child] = _Kept(Phase.RESTING, now_s + pause_s, ends, false_starts)
        return [Say(f"The {child.value} {how}; it starts again in {pause_s:g} s.")]

    def _give_up(self, child: Child, said: list[Command], now_s: float) -> list[Command]:
        self._kept[child] = _Kept()
        self._code = 1
        return [*said, *self._leave(now_s)]

    def _leave(self, now_s: float) -> list[Command]:
        if self._kill_at_s is not None and not self._begins_anew:
            return [Kill(child) for child in self._there()]
        self._begins_anew = False
        self._let_go(now_s)
        return [Terminate(child) for child in self._there()] or self._finish()

    def _try(self, now_s: float) -> list[Command]:
        if self._kill_at_s is not None or self._trial_ends_s is not None:
            return []
        self._trial_ends_s = now_s + self._patience.trial_s
        return [Try()]

    def _tried(self, failure: str | None, now_s: float) -> list[Command]:
        self._trial_ends_s = None
        if self._kill_at_s is not None:
            return []
        if failure is None:
            return self._restart(now_s)
        return [Say(f"Vitrina does not restart, and goes on as it is. {failure}"), Refuse(failure)]

    def _restart(self, now_s: float) -> list[Command]:
        self._begins_anew = True
        self._let_go(now_s)
        going: list[Command] = [Leave(child) if child is Child.FRONT else Terminate(child) for child in self._there()]
        return going or self._finish()

    def _stayed(self, reason: str, now_s: float) -> list[Command]:
        """The children are gone, and the apps are there."""
        self._begins_anew, self._kill_at_s = False, None
        said: list[Command] = [Say(f"Vitrina could not begin anew, and goes on as it was. {reason}"), Refuse(reason)]
        return [*said, *(self._started(child, now_s) for child in Child)]

    def _let_go(self, now_s: float) -> None:
        self._kill_at_s = now_s + self._patience.stop_s
        for child, kept in self._kept.items():
            if kept.phase is Phase.RESTING:
                self._kept[child] = _Kept()

    def _look(self, now_s: float) -> list[Command]:
        if self._kill_at_s is not None:
            return [Kill(child) for child in self._there()] if now_s >= self._kill_at_s else []
        commands = [command for child in Child for command in self._look_at(child, now_s)]
        if self._trial_ends_s is not None and now_s >= self._trial_ends_s:
            self._trial_ends_s = now_s + self._patience.trial_s
            commands.append(EndTrial())
        return commands

    def _look_at(self, child: Child, now_s: float) -> list[Command]:
        kept = self._kept[child]
        match kept.phase:
            case Phase.RESTING if now_s >= kept.since_s:
                return [self._started(child, now_s)]
            case Phase.HANGING if now_s >= kept.since_s:
                self._kept[child] = replace(kept, since_s=now_s + self._patience.stop_s)
                return [Kill(child)]
            case Phase.STARTING if now_s >= kept.since_s + self._patience.start_s:
                return self._hangs(child, f"does not serve after {self._patience.start_s:g} s", now_s)
            case Phase.SERVING if now_s >= kept.ask_at_s:
                return self._ask(child, kept, now_s)
            case _:
                return []

    def _ask(self, child: Child, kept: _Kept, now_s: float) -> list[Command]:
        if kept.silences < self._patience.silences:
            ask_at_s = now_s + self._patience.ask_each_s
            self._kept[child] = replace(kept, ask_at_s=ask_at_s, silences=kept.silences + 1)
            return [Ask(child)]
        silent_s = self._patience.silences * self._patience.ask_each_s
        return self._hangs(child, f"has not answered for {silent_s:g} s", now_s)

    def _hangs(self, child: Child, what: str, now_s: float) -> list[Command]:
        self._kept[child] = replace(self._kept[child], phase=Phase.HANGING, since_s=now_s + self._patience.show_s)
        return [Say(f"The {child.value} {what}: it is ended."), Show(child)]

    def _there(self) -> list[Child]:
        return [child for child, kept in self._kept.items() if kept.is_there]

    def _finish(self) -> list[Command]:
        if self._there():
            return []
        return [Replace() if self._begins_anew else Finish(self._code)]


def _how(code: int) -> str:
    if code == -9:
        return "was killed (perhaps out of memory)"
    return f"ended by signal {-code}" if code < 0 else f"ended with code {code}"
