"""Who searches, and where."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select

from vitrina.store.records import Project, Visibility
from vitrina.store.schema.projects import ProjectRow


@dataclass(frozen=True, slots=True)
class Scope:
    """The projects that a search reads; the rest is not there."""

    visible_to: tuple[Visibility, ...] = tuple(Visibility)
    """Projects of these visibilities may be read (see `vitrina.hub.access.visible_to`)."""

    project: Project | None = None
    """Only what is in it; None: in every project that may be read."""

    def readable(self) -> Select[int]:
        """Asks for the projects that may be read."""
        return select(ProjectRow.id).where(ProjectRow.deleted_at.is_(None), ProjectRow.visibility.in_(self.visible_to))

    def projects(self) -> Select[int]:
        """Asks for the projects that are searched."""
        return self.readable().where(ProjectRow.id == self.project.id) if self.project is not None else self.readable()
