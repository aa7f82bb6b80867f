"""Reports and READMEs: revisions of their text, and frozen snapshots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base, digest, maker, pk, project_id


class ReportRow(Base):
    """A page of its own (subject: its project, with a name), or the README of a subject (name empty)."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("uq_reports_subject", "subject_kind", "subject_id", "name", unique=True),
        Index(None, "project_id", "name"),
    )
    id: Mapped[pk]
    project_id: Mapped[project_id]
    subject_kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[maker]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class ReportRevisionRow(Base):
    __tablename__ = "report_revisions"
    __table_args__ = (UniqueConstraint("report_id", "number"),)
    id: Mapped[pk]
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"))
    number: Mapped[int]
    text: Mapped[str]
    digest: Mapped[digest]
    """SHA-256 of the text."""

    created_at: Mapped[datetime]
    created_by: Mapped[maker]


class SnapshotRow(Base):
    """A frozen rendering of a revision, numbered."""

    __tablename__ = "snapshots"
    __table_args__ = (UniqueConstraint("report_id", "number"),)
    id: Mapped[pk]
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("report_revisions.id"))
    number: Mapped[int]
    blob_id: Mapped[int] = mapped_column(ForeignKey("blobs.id"))
    """The self-contained HTML."""

    content: Mapped[digest]
    values: Mapped[dict[str, Any]]
    """What it showed: values by reference, for the comparison of two snapshots."""

    created_at: Mapped[datetime]
    created_by: Mapped[maker]
