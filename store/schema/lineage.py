"""Edges between runs, versions, commits, apps and reports; and the commits, which nothing else keeps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base, maker, pk, project_id


class EdgeRow(Base):
    __tablename__ = "edges"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id", "target_kind", "target_id", "relation"),
        Index(None, "target_kind", "target_id"),
    )
    id: Mapped[pk]
    project_id: Mapped[project_id]
    source_kind: Mapped[str] = mapped_column(String(16))
    source_id: Mapped[int]
    target_kind: Mapped[str] = mapped_column(String(16))
    target_id: Mapped[int]
    relation: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    created_by: Mapped[maker]


class CommitRow(Base):
    """A state of somebody's code that runs of a project ran. The same commit in two projects is two rows: who reads
    one project learns nothing of the other."""

    __tablename__ = "commits"
    __table_args__ = (UniqueConstraint("project_id", "sha"),)
    id: Mapped[pk]
    project_id: Mapped[project_id]
    sha: Mapped[str] = mapped_column(String(64))
    remote: Mapped[str] = mapped_column(default="")
    """Where the repository can be cloned from, without any password; empty: not known."""

    created_at: Mapped[datetime]
