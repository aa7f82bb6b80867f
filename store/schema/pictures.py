"""Pictures of apps."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base


class AppPictureRow(Base):
    """What became of the picture of an app revision; without a row it is still to be taken."""

    __tablename__ = "app_pictures"
    revision_id: Mapped[int] = mapped_column(ForeignKey("app_revisions.id"), primary_key=True, autoincrement=False)
    blob_id: Mapped[int | None] = mapped_column(ForeignKey("blobs.id"), index=True)
    width: Mapped[int | None]
    height: Mapped[int | None]
    """Pixels of the file."""

    taken_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    """Why the last try failed; empty: it did not."""

    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    """That failed, in a row."""

    due_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it is to be taken again; null: when somebody asks for it."""
