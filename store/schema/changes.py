"""The append-only log of changes, and the store's own settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base, Json, maker, pk


class ChangeRow(Base):
    """One change, written in the transaction that made it."""

    __tablename__ = "changes"
    __table_args__ = (Index(None, "project_id", "id"), Index(None, "object_kind", "object_id"))
    id: Mapped[pk]
    at: Mapped[datetime]
    by: Mapped[maker]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    action: Mapped[str] = mapped_column(String(32))
    object_kind: Mapped[str] = mapped_column(String(16))
    object_id: Mapped[int]
    ref: Mapped[str]
    data: Mapped[dict[str, Any]]
    transaction: Mapped[int] = mapped_column(BigInteger)
    """PostgreSQL's transaction id: readers stop before the oldest one still open. 0 on SQLite, which has one writer."""


class SettingRow(Base):
    """What the store keeps of itself: its blobs' place, its id, its secrets."""

    __tablename__ = "settings"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
