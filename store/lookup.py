"""From a reference to the thing that it names now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vitrina.store.apps import Apps
from vitrina.store.errors import NotFoundError
from vitrina.store.projects import Projects
from vitrina.store.records import App, Collection, MayRead, Project, Report, Run, Subject, Version, everything
from vitrina.store.refs import COLLECTIONS, Noun, Ref
from vitrina.store.registry import Registry
from vitrina.store.reports import Reports
from vitrina.store.runs import Runs


@dataclass(frozen=True, slots=True)
class Found:
    """What a reference names: the innermost thing, and those around it."""

    ref: Ref
    project: Project
    run: Run | None = None
    collection: Collection | None = None
    version: Version | None = None
    """Also where the reference gives no selector: the newest release, when there is one."""

    app: App | None = None
    report: Report | None = None
    """A report, or the README that was asked for by `/readme`."""

    @property
    def thing(self) -> App | Report | Version | Collection | Run | Project:
        """The thing itself: an app, report, version (only if a selector was given), collection, run or project."""
        version = self.version if self.ref.selector is not None else None
        return self.app or self.report or version or self.collection or self.run or self.project

    @property
    def run_id(self) -> int | None:
        """The run that holds its charts, metrics and params: its own, or that of the version."""
        if self.run is not None:
            return self.run.id
        return self.version.run_id if self.version is not None else None


@dataclass(frozen=True, slots=True)
class Lookup:
    projects: Projects
    runs: Runs
    registry: Registry
    apps: Apps
    reports: Reports

    def find(self, ref: Ref, *, may_read: MayRead = everything) -> Found:
        """The thing, or NotFoundError.

        A project that the reader may not read is not found either, in the same words.
        """
        project = self.projects.find(ref.owner, ref.project)
        if project is None or not may_read(project):
            raise NotFoundError(f"project {ref.owner}/{ref.project}", hint="It may have moved, or you may not see it.")
        found = self._noun(Found(ref, project))
        if ref.app is not None:
            assert found.version is not None
            found = replace(found, app=self.apps.get(found.version, ref.app, revision=ref.app_revision))
        if ref.readme:
            found = replace(found, report=self._readme(found))
        return found

    def _noun(self, found: Found) -> Found:
        ref, project = found.ref, found.project
        match ref.noun:
            case None:
                return found
            case Noun.RUN:
                return replace(found, run=self.runs.find(project, ref.name))
            case Noun.REPORT:
                return replace(found, report=self.reports.get(project, ref.name))
            case noun if noun in COLLECTIONS:
                collection = self.registry.collection(project, noun, ref.name)
                return replace(found, collection=collection, version=self._version(ref, collection))
            case _:
                raise NotFoundError(str(ref.subject))

    def _version(self, ref: Ref, collection: Collection) -> Version | None:
        try:
            return self.registry.resolve(collection, ref.selector)
        except NotFoundError:
            if ref.selector is None and ref.app is None:
                return None
            raise

    def _readme(self, found: Found) -> Report:
        subject, number = subject_of(found)
        report = self.reports.readme(subject, number)
        if report is None:
            raise NotFoundError(f"README of {found.ref.subject}")
        return report


def subject_of(found: Found) -> tuple[Subject, int]:
    """What a README of this thing is about."""
    if found.version is not None and found.ref.selector is not None:
        return Subject.VERSION, found.version.id
    if found.collection is not None:
        return Subject.COLLECTION, found.collection.id
    if found.run is not None:
        return Subject.RUN, found.run.id
    return Subject.PROJECT, found.project.id
