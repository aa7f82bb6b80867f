"""How apps start and end, as the supervisor tells it move by move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from vitrina.apps.launchers.way import Way
from vitrina.apps.life import Instance, State
from vitrina.hub.measures.book import Book
from vitrina.hub.measures.families import Family, counter
from vitrina.hub.measures.histogram import Histogram
from vitrina.store.records import App

BOUNDS_S = (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0)
"""A spare answers in a tenth of a second, an app whose libraries are installed first in a minute."""

READY, FAILED, STOPPED = "ready", "failed", "stopped"
"""How a start ends: served, by itself, or because it was to."""

Which = tuple[str, int]
"""An app's key and the number of its instance."""


@dataclass(frozen=True, slots=True)
class _Start:
    """A start that is under way, since its turn."""

    since: datetime


class Starts:
    """Counts; lives in the supervisor's event loop. `app_of` tells of a key which app it is, None: nobody knows."""

    def __init__(self, book: Book, app_of: Callable[[str], App | None]) -> None:
        self._book = book
        self._app_of = app_of
        self._under_way: dict[Which, _Start] = {}
        self._ways: dict[Which, Way] = {}
        self._ended = Counter[tuple[str, str]]()
        self._crashes = Counter[tuple[str, str]]()
        self._again = Counter[tuple[str]]()
        self._took = Histogram(
            "app_ready_seconds",
            "Seconds from an app's turn until it answered, by how its process began.",
            BOUNDS_S,
            labels=("framework", "way"),
        )

    def begun(self, key: str, number: int, way: Way) -> None:
        """The launcher says how the process of a start began."""
        self._ways[key, number] = way

    def note(self, instance: Instance) -> None:
        """The supervisor says how an instance is now; steps of one state are told too, and change nothing."""
        app = self._app_of(instance.key)
        if app is None:
            return
        which = (instance.key, instance.number)
        match instance.state:
            case State.BUILDING if which not in self._under_way:
                self._begin(app, which, instance)
            case State.READY if (start := self._under_way.pop(which, None)) is not None:
                self._ready(app, (instance.changed_at - start.since).total_seconds(), self._way(which))
            case State.DRAINING if self._under_way.pop(which, None) is not None:
                self._ways.pop(which, None)
                self._ended[app.framework, STOPPED] += 1
            case State.CRASHED:
                self._crashed(app, which)
            case _:
                pass

    def families(self) -> Sequence[Family]:
        """How it stands."""
        of = "framework"
        return (
            counter("app_starts", "Starts of apps, by how they ended.", self._ended, labels=(of, "outcome")),
            counter("app_restarts", "Starts of apps after a crash.", self._again, labels=(of,)),
            counter("app_crashes", "Ends that nobody asked for.", self._crashes, labels=(of, "while")),
            self._took.family(),
        )

    def _begin(self, app: App, which: Which, instance: Instance) -> None:
        self._under_way[which] = _Start(instance.changed_at)
        self._again[(app.framework,)] += instance.crashes > 0
        self._book.started(app.id)

    def _ready(self, app: App, seconds: float, way: Way) -> None:
        self._ended[app.framework, READY] += 1
        self._took.observe(seconds, app.framework, way.value)
        self._book.ready(app.id, seconds)

    def _crashed(self, app: App, which: Which) -> None:
        was_starting = self._under_way.pop(which, None) is not None
        self._ways.pop(which, None)
        self._crashes[app.framework, "starting" if was_starting else "ready"] += 1
        self._ended[app.framework, FAILED] += was_starting
        self._book.crashed(app.id)

    def _way(self, which: Which) -> Way:
        return self._ways.pop(which, Way.COLD)
