"""What people tried in apps, and thought worth keeping."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base, pk


class FeedbackRow(Base):
    """One entry that an app recorded. Its texts are the app's word; where it came from is the hub's."""

    __tablename__ = "feedback"
    __table_args__ = (Index(None, "version_id", "id"), Index(None, "version_id", "flag", "id"))
    id: Mapped[pk]
    uuid: Mapped[str] = mapped_column(String(32), unique=True)
    """The public id; given before it is written, so that writing it twice makes one."""

    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("app_revisions.id"), index=True)
    instance: Mapped[int]
    at: Mapped[datetime]
    size: Mapped[int]
    """Bytes of all its texts: what counts against the version's room."""

    flag: Mapped[str] = mapped_column(String(64))
    """One word of the app's own; empty: none."""

    viewer: Mapped[str | None]
    """Name of the account of who tried it, as the app said; null: it did not say, or there was none."""

    visitor: Mapped[str | None]
    """Instead of that for somebody without an account (see `vitrina.apps.viewing`), as the app said."""

    note: Mapped[str]
    inputs: Mapped[str]
    """JSON as text: nothing asks for what is in it, and not every text is a `jsonb`."""

    output: Mapped[str]


class FeedbackTotalRow(Base):
    """How much feedback a version has, so that nobody has to count it to know whether there is room for more."""

    __tablename__ = "feedback_totals"
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), primary_key=True, autoincrement=False)
    entries: Mapped[int]
    size: Mapped[int]
    refused: Mapped[int]
    """Entries that were not kept since there was no room for them."""
