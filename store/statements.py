"""Types of statements and rows whose columns are named, not counted."""

from __future__ import annotations

from typing import Any, TypeAlias

from sqlalchemy import Row, Select

Statement: TypeAlias = Select[*tuple[Any, ...]]
"""A SELECT that others may narrow, order and limit; its rows are read by name."""

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
