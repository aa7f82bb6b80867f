"""The writing end of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

from vitrina.store import kinds
from vitrina.store.errors import ConflictError
from vitrina.store.records import Point, Run, Status, Version
from vitrina.tracking.connections import Connection
from vitrina.tracking.last_words import Tally
from vitrina.tracking.moments import Step, Steps, Timestamp, checked_step, checked_time
from vitrina.tracking.records import About, Added, Item, Points, Record, StatusMove, Used, VersionDraft
from vitrina.tracking.sinks.sink import Begun

Clock = Callable[[], datetime]


class NoRunError(ConflictError):
    """There is no run to log to."""

    def __init__(self) -> None:
        super().__init__(
            "No run is going on here.", hint="Begin one: with tracking.run(project=…) as run:, or tracking.init(…)."
        )


class RunOverError(ConflictError):
    """Something is logged to a run that has ended."""

    def __init__(self, ref: str, uuid: str) -> None:
        super().__init__(f"The run {ref} is over.", hint=f'Continue it: tracking.run(run_uuid="{uuid}").')


class Recorder:
    """Gives what a run logs its step and time, hands it to the sink, and counts it. Thread-safe."""

    def __init__(self, begun: Begun, connection: Connection, *, clock: Clock) -> None:
        self.connection = connection
        self.tally = Tally()
        """What was logged, for the last words."""

        self.versions: tuple[Version, ...] = ()
        """What was logged as versions, in that order."""

        self._used: frozenset[int] = frozenset()
        self.is_ours = begun.is_ours
        """Whether it is this process's to end."""

        self.is_over = False
        self._record = begun.run
        self._steps = Steps(begun.last_steps)
        self._clock = clock

    @property
    def record(self) -> Run:
        """The run as this process knows it."""
        return self._record

    @property
    def ref(self) -> str:
        """`owner/project/runs/ID`."""
        return self._record.ref

    @property
    def uuid(self) -> str:
        """The public id."""
        return self._record.uuid

    @property
    def name(self) -> str:
        return self._record.name

    @property
    def status(self) -> Status:
        return self._record.status

    @property
    def is_disabled(self) -> bool:
        """Whether nothing is kept (VITRINA_MODE=disabled), so that nothing needs to be prepared."""
        return self.connection.is_disabled

    def write(self, *records: Record) -> None:
        """Hands records to the sink. Raises RunOverError after the end, and what the sink raises."""
        self.check_open()
        self.connection.sink.write(self._record, records)
        for record in records:
            match record:
                case StatusMove(status, _, message):
                    self._record = replace(self._record, status=status, message=message)
                case About(name=str(name)):
                    self._record = replace(self._record, name=name)
                case _:
                    pass

    def write_points(self, values: Mapping[str, float], *, step: Step, timestamp: Timestamp) -> None:
        """A point for each metric; without a step each goes on from its own last one."""
        if not values:
            return
        at = checked_time(timestamp, now=self._clock()).timestamp()
        steps = self._steps.next(values, checked_step(step))
        self.write(Points({name: [Point(steps[name], at, value)] for name, value in values.items()}))
        self.tally.note("metrics", values)

    def keep(
        self,
        value: object,
        name: str,
        *,
        kind: str | None = None,
        argument: str = "value",
        step: Step = None,
        timestamp: Timestamp = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Keeps a value as a logged object; `kind` None: the one that the value is. `argument` is what the caller calls
        it. Raises KindError."""
        if self.is_disabled:
            return
        at, number = checked_time(timestamp, now=self._clock()), checked_step(step)
        taken = kinds.take(value, kind=kind, argument=argument, **(options or {}))
        section = kinds.section(taken.kind)
        self.write(Item(name, section, taken, number, at))
        self.tally.note(section, [name])

    def add_version(self, draft: VersionDraft) -> Added:
        """Hands what is to become a version to the sink."""
        self.check_open()
        added = self.connection.sink.add_version(self._record, draft)
        self.versions = (*self.versions, added.version)
        self.tally.note(draft.noun, [f"{draft.name}@{added.version.number}"])
        return added

    def use(self, version: Version) -> None:
        """Says that the run read a version. Of what it made itself, or said before, nothing is said."""
        made = {version.id for version in self.versions}
        if version.id in self._used | made or (version.run_id is not None and version.run_id == self._record.id):
            return
        self.write(Used(version))
        self._used |= {version.id}

    def check_open(self) -> None:
        """Raises RunOverError when the run has ended."""
        if self.is_over:
            raise RunOverError(self.ref, self.uuid)


Here: TypeAlias = Recorder | Connection
"""What a call that needs no run acts on: the current run where there is one, else the place alone."""


def connection_of(here: Here) -> Connection:
    """The place to write to and read from."""
    return here.connection if isinstance(here, Recorder) else here
