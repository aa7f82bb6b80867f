"""What the parent of a hub hears (events) and does (commands). `care` decides from the one to the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

COULD_NOT_START = 3
"""Exit code of a child that has said why it cannot do its work."""

LATER = 4
"""Exit code of a child that has said why it cannot do its work now."""


class Child(Enum):
    PORTAL = "portal"
    FRONT = "front"


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
class Answered:
    """A child that was asked whether it still serves does."""

    child: Child


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a trial; `failure` is why the program does not work, None: it does."""

    failure: str | None


@dataclass(frozen=True, slots=True)
class NotReplaced:
    """The parent could not begin anew after all, and is still there."""

    reason: str


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing happened but time."""


Event = Began | Ready | Ended | EndAsked | RestartAsked | Answered | Tried | NotReplaced | TimePassed


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


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a child whether it still serves."""

    child: Child


@dataclass(frozen=True, slots=True)
class Show:
    """Have a child say where it hangs."""

    child: Child


@dataclass(frozen=True, slots=True)
class Try:
    """Try the program that is to replace this one."""


@dataclass(frozen=True, slots=True)
class EndTrial:
    """The trial has taken too long."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Tell whoever asked for a restart why there is none."""

    reason: str


Command = Start | Terminate | Leave | Kill | Announce | Say | Finish | Replace | Ask | Show | Try | EndTrial | Refuse
