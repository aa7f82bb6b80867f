"""The sink of `VITRINA_MODE=disabled`: takes everything and keeps nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from vitrina.store.errors import ConflictError
from vitrina.store.records import (
    App,
    Blob,
    Collection,
    LoggedObject,
    Page,
    Point,
    Project,
    Run,
    Status,
    Version,
    Visibility,
)
from vitrina.store.refs import Ref
from vitrina.tracking.records import Added, Aliased, Mark, Noted, Record, Staged, VersionDraft
from vitrina.tracking.sinks.reader import Values
from vitrina.tracking.sinks.sink import AppEntry, Begun, Start

NO_ID = 0
NO_NUMBER = "0.0.0"
"""Of a version that was not kept; no version that was kept has it."""

NEVER = datetime.fromtimestamp(0, UTC)


class DisabledError(ConflictError):
    """Something is to be read that was never kept."""

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no {what}: VITRINA_MODE is disabled, so nothing is kept.", hint="Unset it.")


class Nowhere:
    """Answers as a store would, so that a script runs unchanged; what it made up cannot be read."""

    @property
    def where(self) -> str:
        return "nowhere (VITRINA_MODE=disabled)"

    def begin(self, start: Start) -> Begun:
        uuid = start.key or secrets.token_hex(8)
        project = Project(NO_ID, start.owner, start.project, "", "", Visibility.PRIVATE, NEVER, NEVER)
        name = start.name or uuid[:8]
        return Begun(
            Run(
                NO_ID, project, uuid, name, start.description, Status.RUNNING, "", None, {}, NEVER, NEVER, None, None,
                start.tags,
            )
        )  # fmt: skip

    def write(self, run: Run, records: Sequence[Record]) -> None:
        pass

    def add_version(self, run: Run, draft: VersionDraft) -> Added:
        collection = Collection(NO_ID, run.project, draft.noun, draft.name, "", "", NEVER)
        number = draft.version or NO_NUMBER
        version = Version(
            NO_ID, collection, number, "", 0, None, None, (), draft.flavour, draft.signature, {}, "", NEVER, None
        )
        return Added(version, is_new=True)

    def add_app(self, version: Version, entry: AppEntry) -> App:
        bundle = entry.bundle
        blob = Blob(NO_ID, NO_ID, bundle.digest, bundle.size_bytes)
        return App(
            NO_ID, NO_ID, version, entry.name, entry.title, entry.description, bundle.framework, 0, 0, "", bundle.entry,
            bundle.cwd, bundle.digest, blob, bundle.requirements, NEVER, None,
        )  # fmt: skip

    def mark(self, version: Version, mark: Mark) -> Version:
        match mark:
            case Staged(stage):
                return replace(version, stage=stage)
            case Aliased(name):
                return replace(version, aliases=(*version.aliases, name))
            case Noted(notes):
                return replace(version, notes=notes)

    def delete(self, version: Version, *, reason: str) -> None:
        pass

    def publish_readme(self, of: Ref, text: str) -> None:
        pass

    def close(self) -> None:
        pass

    def find(self, ref: Ref) -> NoReturn:
        raise DisabledError(str(ref))

    def runs(self, owner: str, project: str, *, after: int | None, limit: int, tag: str | None) -> Page[Run]:
        return Page([], None)

    def values(self, run: Run) -> Values:
        return Values({}, {})

    def points(self, run: Run, names: Sequence[str] | None) -> Mapping[str, Sequence[Point]]:
        return {}

    def histories(
        self, runs: Sequence[Run], names: Sequence[str] | None
    ) -> Mapping[int, Mapping[str, Sequence[Point]]]:
        return {run.id: {} for run in runs}

    def search(
        self, query: str, *, project: str | None, fields: str, limit: int | None
    ) -> Iterator[tuple[Run, Mapping[str, Any]]]:
        return iter(())

    def objects(self, run: Run) -> Sequence[LoggedObject]:
        return []

    def read(self, blob: Blob) -> NoReturn:
        raise DisabledError("bytes of a logged object")

    def pull(self, version: Version, folder: Path) -> NoReturn:
        raise DisabledError(version.ref)
