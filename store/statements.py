"""What statements of several nouns have in common."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, Select
from sqlalchemy.dialects import postgresql, sqlite

from vitrina.store.schema import Base

Statement: TypeAlias = Select[*tuple[Any, ...]]
"""A SELECT that others may narrow, order and limit; its rows are read by name."""

AnyRow: TypeAlias = Row[*tuple[Any, ...]]


def upsert(connection: Connection, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can say `on_conflict_do_…`: SQLAlchemy has one for each of our databases, alike in all we use."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
