"""What checks found in the data of a version."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base, maker, pk


class CheckingRow(Base):
    """One time that a version's data was checked. The newest counts; the others stay."""

    __tablename__ = "checkings"
    __table_args__ = (Index(None, "version_id", "id"),)
    id: Mapped[pk]
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), index=True)
    """The run that logged it; null: it was checked later."""

    passed: Mapped[int]
    failed: Mapped[int]
    """Also those that could not be asked."""

    results: Mapped[dict[str, Any]]
    """`{"checks": [result, …]}`, as `vitrina.store.checks.check.Result.as_dict` gives them."""

    at: Mapped[datetime]
    by: Mapped[maker]
