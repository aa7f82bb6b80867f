"""What the front says of itself when the portal asks: its figures, and what runs there now.

Who may see which app's name is the portal's to decide: the front tells all.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from vitrina.apps.launchers.stock import Stock
from vitrina.apps.life import RUNNING, Instance, State
from vitrina.hub.measures import families
from vitrina.hub.measures.families import Family, gauge
from vitrina.store.errors import VitrinaError
from vitrina.store.records import App


class GarbledAnswerError(VitrinaError):
    """What came from the front are no figures."""


@dataclass(frozen=True, slots=True)
class RunningApp:
    """One instance that has a process, or is on its way to one."""

    label: str
    ref: str
    number: int
    framework: str
    state: str
    people: int
    memory_bytes: int | None
    """None: not weighed yet."""


@dataclass(frozen=True, slots=True)
class Told:
    families: Sequence[Family]
    running: Sequence[RunningApp]

    def as_bytes(self) -> bytes:
        """For the line to the portal."""
        told = {"families": families.told(self.families), "running": [asdict(one) for one in self.running]}
        return json.dumps(told).encode()


def told_of(answer: bytes) -> Told:
    """What `as_bytes` gave. Raises GarbledAnswerError."""
    try:
        told: Mapping[str, Any] = json.loads(answer)
        return Told(families.heard(told["families"]), [RunningApp(**one) for one in told["running"]])
    except (ValueError, TypeError, KeyError) as error:
        raise GarbledAnswerError("The front answered what are no figures.") from error


def of_instances(instances: Sequence[Instance], app_of: Callable[[str], App | None]) -> list[RunningApp]:
    """Those that run or are to, as they are now."""
    return [
        RunningApp(
            label=one.key,
            ref=one.ref,
            number=one.number,
            framework=app.framework if (app := app_of(one.key)) is not None else "",
            state=one.state.value,
            people=one.people,
            memory_bytes=one.memory_bytes,
        )
        for one in instances
        if one.state in RUNNING | {State.QUEUED}
    ]


def standing(instances: Sequence[Instance], running: Sequence[RunningApp], stock: Sequence[Stock]) -> Iterator[Family]:
    """How many there are of everything, now."""
    states = Counter(one.state for one in instances)
    by_state = {(state.value,): float(states[state]) for state in State}
    yield gauge("app_instances", "Instances of apps opened since the front began.", by_state, labels=("state",))
    yield gauge("app_queue_length", "Instances that wait for their turn.", {(): states[State.QUEUED]})
    yield gauge("app_sessions", "Sessions of browsers inside apps.", {(): sum(one.people for one in running)})
    yield gauge(
        "apps_memory_bytes",
        "Memory of running apps (PSS) as last weighed, by framework.",
        _by_framework({one.framework: 0 for one in running}, ((one.framework, one.memory_bytes) for one in running)),
        labels=("framework",),
    )
    nurseries = _by_framework({}, ((one.framework, one.nurseries) for one in stock))
    spares = _by_framework({}, ((one.framework, one.spares) for one in stock))
    yield gauge("nurseries", "Processes from which apps are forked.", nurseries, labels=("framework",))
    yield gauge("spares", "Processes that wait to become an app.", spares, labels=("framework",))


def of_apps(running: Sequence[RunningApp]) -> Iterator[Family]:
    """The same for each app by name: for those alone who may know all apps of the hub."""
    which, labels = {(one.ref, str(one.number)): one for one in running}, ("app", "instance")
    memory = {key: float(one.memory_bytes) for key, one in which.items() if one.memory_bytes is not None}
    people = {key: float(one.people) for key, one in which.items()}
    yield gauge("app_memory_bytes", "Memory of a running app (PSS) as last weighed.", memory, labels=labels)
    yield gauge("app_people", "Sessions inside a running app.", people, labels=labels)


def _by_framework(
    begin: Mapping[str, int], amounts: Iterator[tuple[str, int | None]] | Sequence[tuple[str, int | None]]
) -> dict[tuple[str, ...], float]:
    total = Counter[str](begin)
    for framework, amount in amounts:
        total[framework] += amount or 0
    return {(framework,): float(amount) for framework, amount in total.items()}
