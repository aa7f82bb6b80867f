"""The column types and the metadata that every table shares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: `timestamptz` on PostgreSQL, naive UTC on SQLite, always aware in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone cannot be stored: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


BigKey = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts a primary key up by itself only when it is called INTEGER."""

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

Sortable = Text().with_variant(Text(collation="C"), "postgresql")
"""Text compared byte by byte on both databases."""

pk = Annotated[int, mapped_column(BigKey, primary_key=True)]
name64 = Annotated[str, mapped_column(String(64))]
digest = Annotated[str, mapped_column(String(64))]
"""SHA-256 in hexadecimal digits."""

project_id = Annotated[int, mapped_column(ForeignKey("projects.id"))]
maker = Annotated[int | None, mapped_column(ForeignKey("users.id"))]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads this class attribute; it is never changed)
        datetime: UtcDateTime,
        str: Text,
        int: BigInteger,
        dict[str, Any]: Json,
        list[str]: Json,
    }
