"""Apps, their revisions, and what a hub knows of the running ones."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base, digest, maker, name64, pk


class AppRow(Base):
    __tablename__ = "apps"
    __table_args__ = (UniqueConstraint("version_id", "name"),)
    id: Mapped[pk]
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    name: Mapped[name64]
    title: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    min_instances: Mapped[int] = mapped_column(default=0, server_default="0")
    max_instances: Mapped[int] = mapped_column(default=1, server_default="1")
    people: Mapped[int | None]
    """Inside one instance; null: any number."""

    idle_minutes: Mapped[float | None] = mapped_column(Float)
    """Null: as the hub decides."""

    network: Mapped[str] = mapped_column(String(16), default="none", server_default="none")
    feedback: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether what it records is kept."""

    upload_mb: Mapped[int | None]
    """The longest body of a request to it; null: as the hub decides."""

    picture: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether the hub takes pictures of it by itself."""

    created_at: Mapped[datetime]
    created_by: Mapped[maker]
    deleted_at: Mapped[datetime | None]


class AppRevisionRow(Base):
    __tablename__ = "app_revisions"
    __table_args__ = (UniqueConstraint("app_id", "number"),)
    id: Mapped[pk]
    app_id: Mapped[int] = mapped_column(ForeignKey("apps.id"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(String(63), unique=True)
    """First part of the host name of its origin."""

    framework: Mapped[str] = mapped_column(String(32))
    entry: Mapped[str]
    cwd: Mapped[str]
    bundle: Mapped[digest]
    """SHA-256 of what the bundle holds."""

    blob_id: Mapped[int] = mapped_column(ForeignKey("blobs.id"), index=True)
    requirements: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[maker]


class TicketRow(Base):
    """The right to open one app revision, once, soon."""

    __tablename__ = "tickets"
    id: Mapped[pk]
    token_hash: Mapped[digest] = mapped_column(unique=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("app_revisions.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """None: a visitor."""

    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class InstanceRow(Base):
    """What a front last said of one instance of an app revision."""

    __tablename__ = "instances"
    id: Mapped[pk]
    revision_id: Mapped[int] = mapped_column(ForeignKey("app_revisions.id"), index=True)
    front: Mapped[str] = mapped_column(String(64))
    """Which front runs it: host and start of its process."""

    number: Mapped[int] = mapped_column(default=1, server_default="1")
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(default="")
    pid: Mapped[int | None]
    log: Mapped[str] = mapped_column(default="")
    """Path of its log on the front's machine."""

    started_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class InstanceMoveRow(Base):
    """One move in the life of an instance, or one step of its start."""

    __tablename__ = "instance_moves"
    __table_args__ = (Index("ix_instance_moves_revision_id_id", "revision_id", "id"),)
    id: Mapped[pk]
    revision_id: Mapped[int] = mapped_column(ForeignKey("app_revisions.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
