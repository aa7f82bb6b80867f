"""What the parent decides, and nothing else: events in, commands out. `parent` carries the commands out.

    start ─▶ STARTING ──ready──▶ SERVING           a child that ends unasked is started again, after a pause that
                 ▲  └─end─┐        │ end           doubles with each end in a row and never passes `Patience.most_s`
                 │        ▼        ▼
             pause over ─ RESTING ◀┘

Rule 1: no child's end ends another one.
Rule 2: a child that says it could not start (COULD_NOT_START) ends all: starting it again cannot help.
Rule 3: so does one that ended `Patience.false_starts` times in a row before it was ready.
Rule 4: when the end was asked for, every child is asked; who is still there after `Patience.stop_s` is killed, and all
        are killed at once when the end is asked for again.
Rule 5: when a restart was asked for, every child goes likewise, but the front leaves its apps running; when none is
        left the parent replaces itself. A request to end that comes meanwhile wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

COULD_NOT_START = 3
"""Exit code of a child that has said why it cannot do its work."""


class Child(Enum):
    PORTAL = "portal"
    FRONT = "front"


class Phase(Enum):
    STARTING = "starting"
    SERVING = "serving"
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

    def pause_s(self, ends: int) -> float:
        """How long to wait after this many ends in a row (1 or more)."""
        return min(self.first_s * 2.0 ** min(ends - 1, 30), self.most_s)


@dataclass(frozen=True, slots=True)
class Began:
    """The hub begins."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A child says that it serves."""

    child: Child


@dataclass(frozen=True, slots=True)
class Ended:
    """A child's process is gone; `code` as subprocess gives it (negative: a signal)."""

    child: Child
    code: int


@dataclass(frozen=True, slots=True)
class EndAsked:
    """Somebody asks the hub to end."""


@dataclass(frozen=True, slots=True)
class RestartAsked:
    """Somebody asks the hub to begin anew without its apps."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing happened but time."""


Event = Began | Ready | Ended | EndAsked | RestartAsked | TimePassed


@dataclass(frozen=True, slots=True)
class Start:
    child: Child


@dataclass(frozen=True, slots=True)
class Terminate:
    child: Child


@dataclass(frozen=True, slots=True)
class Leave:
    """As Terminate, and what it has started goes on without it."""

    child: Child


@dataclass(frozen=True, slots=True)
class Kill:
    child: Child


@dataclass(frozen=True, slots=True)
class Announce:
    """All serve for the first time."""


@dataclass(frozen=True, slots=True)
class Say:
    """A line for people."""

    line: str


@dataclass(frozen=True, slots=True)
class Finish:
    """No child is left."""

    code: int


@dataclass(frozen=True, slots=True)
class Replace:
    """No child is left, and the parent is to begin anew as the same process."""


Command = Start | Terminate | Leave | Kill | Announce | Say | Finish | Replace


@dataclass(frozen=True, slots=True)
class _Kept:
    phase: Phase = Phase.GONE
    since_s: float = 0.0
    """When the phase began; of RESTING, when it is over."""

    ends: int = 0
    """In a row."""

    false_starts: int = 0
    """In a row."""

    @property
    def is_there(self) -> bool:
        return self.phase in {Phase.STARTING, Phase.SERVING}


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
        self._code = 0

    def decide(self, event: Event, *, now_s: float) -> Sequence[Command]:
        """What is to be done, in this order."""
        match event:
            case Began():
                return [self._started(child, now_s) for child in Child]
            case Ready(child):
                return self._served(child, now_s)
            case Ended(child, code):
                return self._ended(child, code, now_s)
            case EndAsked():
                return self._leave(now_s)
            case RestartAsked():
                return self._restart(now_s)
            case TimePassed():
                return self._look(now_s)

    def next_s(self) -> float | None:
        """When time alone will ask for something; None: only events do."""
        due = [kept.since_s for kept in self._kept.values() if kept.phase is Phase.RESTING]
        if self._kill_at_s is not None:
            due.append(self._kill_at_s)
        return min(due, default=None)

    def _started(self, child: Child, now_s: float) -> Start:
        self._kept[child] = replace(self._kept[child], phase=Phase.STARTING, since_s=now_s)
        return Start(child)

    def _served(self, child: Child, now_s: float) -> list[Command]:
        self._kept[child] = replace(self._kept[child], phase=Phase.SERVING, since_s=now_s, false_starts=0)
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
        is_forgiven = before.phase is Phase.SERVING and now_s - before.since_s >= self._patience.healthy_s
        ends = 1 if is_forgiven else before.ends + 1
        false_starts = before.false_starts + (before.phase is Phase.STARTING)
        if false_starts >= self._patience.false_starts:
            line = (
                f"The {child.value} {_how(code)} before it was ready, {false_starts} times in a row: the hub gives up."
            )
            return self._give_up(child, [Say(line)], now_s)
        pause_s = self._patience.pause_s(ends)
        self._kept[child] = _Kept(Phase.RESTING, now_s + pause_s, ends, false_starts)
        return [Say(f"The {child.value} {_how(code)}; it starts again in {pause_s:g} s.")]

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

    def _restart(self, now_s: float) -> list[Command]:
        if self._kill_at_s is not None:
            return []
        self._begins_anew = True
        self._let_go(now_s)
        going: list[Command] = [Leave(child) if child is Child.FRONT else Terminate(child) for child in self._there()]
        return going or self._finish()

    def _let_go(self, now_s: float) -> None:
        self._kill_at_s = now_s + self._patience.stop_s
        for child, kept in self._kept.items():
            if kept.phase is Phase.RESTING:
                self._kept[child] = _Kept()

    def _look(self, now_s: float) -> list[Command]:
        if self._kill_at_s is not None:
            return [Kill(child) for child in self._there()] if now_s >= self._kill_at_s else []
        rested = [child for child, kept in self._kept.items() if kept.phase is Phase.RESTING and now_s >= kept.since_s]
        return [self._started(child, now_s) for child in rested]

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
