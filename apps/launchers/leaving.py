"""What a launcher leaves to the next one about each app: a note that the nursery keeps beside the fork."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitrina.apps.births import born
from vitrina.apps.job import Step
from vitrina.apps.launchers.launcher import Adopted, Draining
from vitrina.apps.launchers.process import AppProcess, Site, Told
from vitrina.apps.levels import Network

if TYPE_CHECKING:
    from vitrina.apps.spec import AppSpec


MOST_INSIDE = 1000
"""A note is a packet (`control.MAX_PACKET_BYTES`): of more people, those who came first are not noted."""


@dataclass(frozen=True)
class Leaving:
    """One instance, as far as its launcher knows it; the names are those of `Adopted`, `Site` and `Told`."""

    key: str
    number: int
    ref: str
    bundle_digest: str
    origin: str
    prefix: str
    network: str
    started_at: str
    socket: str
    folder: str
    pid: int | None = None
    born: int | None = None
    health: str | None = None
    rehearsal: str | None = None
    draining: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, spec: AppSpec, site: Site, *, number: int, started_at: datetime) -> Leaving:
        """An instance whose start begins."""
        return cls(
            key=spec.key,
            number=number,
            ref=spec.ref,
            bundle_digest=spec.bundle_digest,
            origin=spec.origin,
            prefix=spec.prefix,
            network=spec.network.value,
            started_at=started_at.isoformat(),
            socket=str(site.socket),
            folder=str(site.folder),
        )

    @classmethod
    def parse(cls, note: Mapping[str, Any]) -> Leaving | None:
        """What a note says; None for an empty one, of a process that has had no job, and for another release's."""
        try:
            return cls(**note) if note else None
        except TypeError:
            return None

    def note(self) -> Mapping[str, Any]:
        """It as a note."""
        return asdict(self)

    def after(self, told: Told) -> Leaving:
        """It with what the app has told by now."""
        began = self.born if self.pid or told.pid is None else born(told.pid)
        return replace(self, pid=self.pid or told.pid, born=began, health=told.health, rehearsal=told.rehearsal)

    def drained(self, how: Draining) -> Leaving:
        """It, taking nobody new."""
        told = {"reason": how.reason, "until": how.until.isoformat(), "inside": how.inside[-MOST_INSIDE:]}
        return replace(self, draining=told)

    @property
    def site(self) -> Site:
        """Where the instance lives."""
        return Site(Path(self.socket), Path(self.folder), self.origin)

    def told(self) -> Told:
        """What it has told by now."""
        step = Step.SERVING if self.health else Step.BEGINNING
        return Told(pid=self.pid, step=step, health=self.health, rehearsal=self.rehearsal)

    def adopted(self, process: AppProcess) -> Adopted:
        """It as whoever takes it over gets it."""
        return Adopted(
            key=self.key,
            number=self.number,
            ref=self.ref,
            bundle_digest=self.bundle_digest,
            origin=self.origin,
            prefix=self.prefix,
            network=Network(self.network),
            started_at=datetime.fromisoformat(self.started_at),
            born=self.born,
            launched=process,
            is_serving=self.health is not None,
            draining=self._draining,
        )

    @property
    def _draining(self) -> Draining | None:
        match self.draining:
            case {"reason": str(reason), "until": str(until), "inside": [*inside]}:
                return Draining(reason, datetime.fromisoformat(until), tuple(map(str, inside)))
            case _:
                return None
