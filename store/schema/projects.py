"""Owners and their projects."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base, maker, name64, pk


class OwnerRow(Base):
    """A user or an organization, as the first part of a reference."""

    __tablename__ = "owners"
    id: Mapped[pk]
    name: Mapped[name64] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[maker]
    deleted_at: Mapped[datetime | None]


class ProjectRow(Base):
    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)
    id: Mapped[pk]
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id"))
    name: Mapped[name64]
    title: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    visibility: Mapped[str] = mapped_column(String(16), index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[maker]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    deleted_at: Mapped[datetime | None]
