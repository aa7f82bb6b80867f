"""Series and their points. Only `vitrina.store.metrics` knows how points are kept."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Double, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base, pk


class SeriesRow(Base):
    """One metric of a run, with the summary that lists and search use.

    A value that is not a number is stored as None.
    """

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("run_id", "name"), Index(None, "name", "last", "run_id"))
    id: Mapped[pk]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    name: Mapped[str] = mapped_column(Text)
    count: Mapped[int]
    first: Mapped[float | None] = mapped_column(Double)
    last: Mapped[float | None] = mapped_column(Double)
    min: Mapped[float | None] = mapped_column(Double)
    max: Mapped[float | None] = mapped_column(Double)
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class PointRow(Base):
    __tablename__ = "points"
    __table_args__ = (Index(None, "series_id", "step", "id"),)
    id: Mapped[pk]
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"))
    step: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[float] = mapped_column(Double)
    """Seconds since 1970, UTC."""

    value: Mapped[float | None] = mapped_column(Double)
    is_nan: Mapped[bool] = mapped_column(Boolean, default=False)
