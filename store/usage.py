"""The use of apps as records: what happened on a day, and who came. Figures add up in any order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, timedelta

SHOWN_DAYS = 30
"""With today."""


@dataclass(frozen=True, slots=True)
class DayOfApp:
    app_id: int
    day: date
    """In UTC."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """That somebody looked at an app on a day. `who` stands for them at this app alone, and tells nothing of them."""

    app_id: int
    day: date
    who: str


@dataclass(slots=True)
class Figures:
    """What happened to one app in some time. It is added to, so it is no frozen record."""

    openings: int = 0
    """Times that somebody came in by its link."""

    sessions: int = 0
    """Browsers whose stay began; one that opens it again within hours goes on with its session."""

    requests: int = 0
    """Passed on to it, a WebSocket as one."""

    errors: int = 0
    """Of the requests: those that it answered with a server's error, or not at all."""

    starts: int = 0
    ready: int = 0
    """Of the starts: those that ended well."""

    crashes: int = 0
    """Ends that nobody asked for, while it started or later."""

    ready_s: float = 0.0
    """Seconds of all starts that ended well, from their turn until the app answered."""

    ready_most_s: float = 0.0
    memory_most_bytes: int = 0
    """The most that one instance was found to take (PSS); 0: none was weighed."""

    def add(self, other: Figures) -> None:
        """What happened in some other time, too."""
        for name in SUMS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in MOSTS:
            setattr(self, name, max(getattr(self, name), getattr(other, name)))

    @property
    def ready_mean_s(self) -> float | None:
        """Seconds that a start took, on average; None: none ended well."""
        return self.ready_s / self.ready if self.ready else None


MOSTS = ("ready_most_s", "memory_most_bytes")
"""Of these the larger one counts; all others are sums."""

SUMS = tuple(one.name for one in fields(Figures) if one.name not in MOSTS)


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    viewers: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class AppUse:
    """The use of an app in some days, of which only those are listed on which there was any, the oldest first."""

    since: date
    days: Sequence[Day] = ()
    viewers: int = 0
    """Different ones in all these days; each day has those of its own."""

    total: Figures = field(default_factory=Figures)


@dataclass(frozen=True, slots=True)
class OfFramework:
    """What all apps of a framework had."""

    framework: str
    apps: int
    """That were used at all."""

    figures: Figures


def since(today: date) -> date:
    """The first of the days that are shown."""
    return today - timedelta(days=SHOWN_DAYS - 1)
