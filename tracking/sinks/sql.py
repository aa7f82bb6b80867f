"""The sink that writes to a store's database and blobs directly, from this process."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from vitrina.store.apps import AppDraft
from vitrina.store.errors import InvalidError
from vitrina.store.home import Place
from vitrina.store.lookup import subject_of
from vitrina.store.opening import Store, open_store
from vitrina.store.records import App, Node, NodeKind, Project, Run, Status, Version
from vitrina.store.refs import Noun, Ref
from vitrina.store.registry import Draft
from vitrina.store.runs import Io, RunIdTakenError
from vitrina.tracking.records import (
    About,
    Added,
    Aliased,
    Inputs,
    Item,
    Mark,
    Noted,
    Outputs,
    Points,
    Record,
    Staged,
    StatusMove,
    Tags,
    Used,
    VersionDraft,
)
from vitrina.tracking.sinks.patience import Patience
from vitrina.tracking.sinks.sink import AppEntry, Begun, Join, Start


def open_for_tracking(place: Place) -> Store:
    """Opens a store that lives as long as this process. A forked child starts with connections of its own: two
    processes must never talk over one."""
    store = open_store(place.url, blobs=place.blobs, home=place.home)
    os.register_at_fork(after_in_child=lambda: store.database.engine.dispose(close=False))
    return store


class SqlSink:
    """Writes at once: when a verb returns, the store has it."""

    def __init__(self, store: Store, *, patience: Patience | None = None) -> None:
        self._store = store
        self._patience = patience or Patience()

    @property
    def where(self) -> str:
        return self._store.database.where

    def begin(self, start: Start) -> Begun:
        project = self._store.projects.ensure(start.owner, start.project)
        found = self._joined(project, start)
        if found is None:
            run = self._store.runs.create(
                project,
                name=start.name,
                uuid=start.key,
                description=start.description,
                tags=start.tags,
                meta=start.meta,
            )
            return Begun(run)
        run = self._continued(found, start)
        steps = {series.name: series.last_step for series in self._store.metrics.series([run.id])[run.id]}
        is_ours = start.join is Join.RESUME or found.status.is_over
        return Begun(run, is_ours, {name: step for name, step in steps.items() if step is not None})

    def write(self, run: Run, records: Sequence[Record]) -> None:
        for record in records:
            self._write(run, record)

    def add_version(self, run: Run, draft: VersionDraft) -> Added:
        return self._patience.wait_for(lambda: self._add_version(run, draft))

    def _add_version(self, run: Run, draft: VersionDraft) -> Added:
        logged = self._store.registry.log(
            run.project,
            draft.noun,
            draft.name,
            Draft(draft.files, draft.flavour, draft.signature, draft.summary, draft.notes, draft.checks),
            run=None if draft.is_input else run,
            version=draft.version,
            bump=draft.bump,
        )
        if draft.is_input:
            self._use(run, logged.version)
        return Added(logged.version, logged.is_new, logged.given, logged.found)

    def add_app(self, version: Version, entry: AppEntry) -> App:
        bundle = entry.bundle
        draft = AppDraft(
            archive=bundle.data,
            bundle=bundle.digest,
            framework=bundle.framework,
            entry=bundle.entry,
            cwd=bundle.cwd,
            requirements=bundle.requirements,
            title=entry.title,
            description=entry.description,
            network=entry.network,
        )
        return self._store.apps.log(version, entry.name, draft)

    def mark(self, version: Version, mark: Mark) -> Version:
        match mark:
            case Staged(stage, reason, override):
                return self._store.promotions.promote(version, stage, reason=reason, override=override)
            case Aliased(name, reason):
                return self._store.promotions.alias(version, name, reason=reason)
            case Noted(notes):
                return self._store.registry.note(version, notes)

    def delete(self, version: Version, *, reason: str) -> None:
        self._store.registry.delete(version, reason=reason)

    def publish_readme(self, of: Ref, text: str) -> None:
        if of.app is not None or of.noun is Noun.REPORT:
            raise InvalidError(
                f"{of} has no README.", hint="Projects, runs, models, datasets, artifacts and their versions have one."
            )
        if of.noun is None:
            self._store.projects.ensure(of.owner, of.project)
        found = self._store.find(of.subject)
        subject, number = subject_of(found)
        self._store.reports.publish_readme(found.project, subject, number, text)

    def close(self) -> None:
        self._store.close()

    def _joined(self, project: Project, start: Start) -> Run | None:
        """The run that is to be continued; None where a new one is to be made."""
        if start.key is None:
            return None
        if start.join is Join.EXISTING:
            return self._store.runs.find(project, start.key)
        found = self._store.runs.by_uuid(project, start.key)
        if found is not None and start.join is Join.NEW:
            raise RunIdTakenError(found.ref)
        return found

    def _continued(self, run: Run, start: Start) -> Run:
        """A run that is over is running again; what is said of it now is added."""
        if run.status.is_over:
            self._store.runs.move(run, Status.RUNNING, reason="resumed")
        if start.tags:
            self._store.runs.add_tags(run, start.tags)
        return self._store.runs.describe(
            run, name=start.name, description=start.description or None, meta=start.meta or None
        )

    def _write(self, run: Run, record: Record) -> None:
        store = self._store
        match record:
            case Inputs(values, reset):
                store.runs.set_params(run, Io.INPUT, values, reset=reset)
            case Outputs(values, reset):
                store.runs.set_params(run, Io.OUTPUT, values, reset=reset)
            case Points(series):
                store.metrics.append(run.id, series)
            case Item():
                self._keep(run, record)
            case Tags(names):
                store.runs.add_tags(run, names)
            case About(name, description, progress, meta):
                store.runs.describe(run, name=name, description=description, progress=progress, meta=meta)
                self._note_code(run, meta)
            case StatusMove(status, reason, message):
                store.runs.move(run, status, reason=reason, message=message)
            case Used(version):
                self._use(run, version)

    def _keep(self, run: Run, item: Item) -> None:
        taken = item.taken
        self._store.objects.add(
            run,
            kind=taken.kind,
            section=item.section,
            name=item.name,
            payload=taken.payload,
            media_type=taken.media_type,
            summary=taken.summary,
            step=item.step,
            at=item.at,
            still=taken.still,
            still_media_type=taken.still_media_type,
        )

    def _note_code(self, run: Run, meta: Mapping[str, Any] | None) -> None:
        match (meta or {}).get("code"):
            case {"commit": str(commit), **rest}:
                remote = rest.get("remote") or rest.get("url") or ""
                self._store.lineage.ran(run, commit, remote=str(remote))
            case _:
                pass

    def _use(self, run: Run, version: Version) -> None:
        source, target = Node(NodeKind.VERSION, version.id), Node(NodeKind.RUN, run.id)
        self._store.lineage.add(run.project.id, source, target, relation="used")
