"""Blobs, and the objects that runs logged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base, digest, pk, project_id


class BlobRow(Base):
    """Bytes that a project has.

    The same bytes in two projects are two rows: what exists elsewhere is nobody's business.
    """

    __tablename__ = "blobs"
    __table_args__ = (UniqueConstraint("project_id", "digest"),)
    id: Mapped[pk]
    project_id: Mapped[project_id]
    digest: Mapped[digest] = mapped_column(index=True)
    size: Mapped[int]
    """Bytes."""

    created_at: Mapped[datetime]


class ObjectRow(Base):
    """A chart, image, table … of a run; the same name may come once a step."""

    __tablename__ = "objects"
    __table_args__ = (Index(None, "run_id", "section", "name", "step"),)
    id: Mapped[pk]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    kind: Mapped[str] = mapped_column(String(32))
    section: Mapped[str] = mapped_column(String(32))
    """The part of references it is found under: charts, images, tables …"""

    name: Mapped[str] = mapped_column(Text)
    step: Mapped[int | None]
    at: Mapped[datetime]
    media_type: Mapped[str]
    blob_id: Mapped[int] = mapped_column(ForeignKey("blobs.id"))
    still_id: Mapped[int | None] = mapped_column(ForeignKey("blobs.id"))
    """A picture made when it was logged, for print."""

    still_media_type: Mapped[str | None]
    summary: Mapped[dict[str, Any]]
