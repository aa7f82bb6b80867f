"""Runs, the history of their status, their params and tags."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Double, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base, Sortable, maker, pk, project_id


class RunRow(Base):
    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("project_id", "uuid"),
        Index(None, "project_id", "name"),
        Index(None, "project_id", "id"),
        Index(None, "started_at", "id"),
    )
    id: Mapped[pk]
    project_id: Mapped[project_id]
    uuid: Mapped[str] = mapped_column(String(64))
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(String(16), index=True)
    message: Mapped[str] = mapped_column(default="")
    """Why the status is what it is; empty: nothing to say."""

    progress: Mapped[float | None] = mapped_column(Double)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), index=True)
    meta: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    created_by: Mapped[maker]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]


class RunStatusRow(Base):
    """One entry of the history of a run's status."""

    __tablename__ = "run_statuses"
    id: Mapped[pk]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(default="")
    message: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class ParamRow(Base):
    """One input or output of a run. `number` is what comparisons use, `text` is exact."""

    __tablename__ = "params"
    __table_args__ = (
        UniqueConstraint("run_id", "io", "name"),
        Index(None, "io", "name", "number", "run_id"),
        Index(None, "io", "name", "short", "run_id"),
    )
    id: Mapped[pk]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    io: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(8))
    number: Mapped[float | None] = mapped_column(Double)
    """The value of an integer, float or boolean; None for the other kinds and for NaN."""

    is_nan: Mapped[bool] = mapped_column(Boolean, default=False)
    text: Mapped[str]
    short: Mapped[str] = mapped_column(Sortable, default="", server_default="")
    """The beginning of `text` (see `vitrina.store.params.SHORT`): an index does not take the whole of a long one."""


class RunTagRow(Base):
    __tablename__ = "run_tags"
    __table_args__ = (Index(None, "name"),)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
