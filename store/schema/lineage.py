"""Edges between runs, versions, apps and reports."""

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
