"""The use of apps by day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Date, Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base


class AppUseRow(Base):
    """What happened to one app on one day (UTC); see `vitrina.store.use.Figures`."""

    __tablename__ = "app_use"
    app_id: Mapped[int] = mapped_column(ForeignKey("apps.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    viewers: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of a day of long ago; those of the last ones are counted from `app_viewers`."""

    openings: Mapped[int] = mapped_column(default=0, server_default="0")
    sessions: Mapped[int] = mapped_column(default=0, server_default="0")
    requests: Mapped[int] = mapped_column(default=0, server_default="0")
    errors: Mapped[int] = mapped_column(default=0, server_default="0")
    starts: Mapped[int] = mapped_column(default=0, server_default="0")
    ready: Mapped[int] = mapped_column(default=0, server_default="0")
    crashes: Mapped[int] = mapped_column(default=0, server_default="0")
    ready_s: Mapped[float] = mapped_column(Float, default=0.0, server_default="0")
    ready_most_s: Mapped[float] = mapped_column(Float, default=0.0, server_default="0")
    memory_most_bytes: Mapped[int] = mapped_column(default=0, server_default="0")


class AppViewerRow(Base):
    """That somebody looked at an app on a day."""

    __tablename__ = "app_viewers"
    app_id: Mapped[int] = mapped_column(ForeignKey("apps.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    who: Mapped[str] = mapped_column(String(32), primary_key=True)
    """A keyed digest; the key is not in the store."""
