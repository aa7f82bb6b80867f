"""Users, their sessions, and what lets a browser in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base, digest, name64, pk


class UserRow(Base):
    __tablename__ = "users"
    id: Mapped[pk]
    name: Mapped[name64] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class SessionRow(Base):
    """A browser that is signed in. Only the hash of its token is kept."""

    __tablename__ = "sessions"
    id: Mapped[pk]
    token_hash: Mapped[digest] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class LoginLinkRow(Base):
    """A one-time link that becomes a session."""

    __tablename__ = "login_links"
    id: Mapped[pk]
    token_hash: Mapped[digest] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
