"""How a value in SQL is held against one of a query."""

from __future__ import annotations

import math
import operator as operators
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, false

from vitrina.store.search.columns import Expression, bytewise
from vitrina.store.search.grammar import moment
from vitrina.store.search.tree import Boolean, Field, Number, Operator, Pattern, Span, Text, Type, Value, Wildcard

HOLDS: Mapping[Operator, Callable[[Any, Any], Any]] = {
    Operator.EQ: operators.eq,
    Operator.NE: operators.ne,
    Operator.LT: operators.lt,
    Operator.LE: operators.le,
    Operator.GT: operators.gt,
    Operator.GE: operators.ge,
}
"""Good for Python's values and for columns."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "status": {"finished": "succeeded", "killed": "stopped", "scheduled": "running"},
    "noun": {"model": "models", "dataset": "datasets", "artifact": "artifacts"},
}
"""Other words for values: MLflow's of a status, and the singular."""

_FOLDED = frozenset({"status", "noun", "stage", "alias", "owner", "project"})
"""Attributes whose values have no capitals, so that those of a query do not count."""


@dataclass(frozen=True, slots=True)
class Comparing:
    """What comparisons depend on besides the query."""

    now: datetime
    is_postgres: bool

    def number(self, column: Expression, operator: Operator, value: float) -> Expression:
        if math.isnan(value):
            return false()
        return HOLDS[operator](column, value)

    def text(self, column: Expression, operator: Operator, value: str) -> Expression:
        if operator in {Operator.EQ, Operator.NE}:
            return HOLDS[operator](column, value)
        return HOLDS[operator](bytewise(column, is_postgres=self.is_postgres), value)

    def attribute(self, field: Field, column: Expression, operator: Operator, value: Value) -> Expression:
        """Of a field that has one type; false, never null, where the column is null."""
        plain = plain_value(field, value, self.now)
        if isinstance(plain, float):
            held = self.number(column, operator, plain)
        elif isinstance(plain, str):
            held = self.text(column, operator, plain)
        else:
            held = HOLDS[operator](column, plain)
        return and_(column.is_not(None), held)

    def like(self, column: Expression, pattern: Pattern, *, folds_case: bool) -> Expression:
        """SQLite's LIKE knows no case, so that GLOB stands in for the one that does."""
        if not pattern:
            return column == ""
        if folds_case and self.is_postgres:
            return column.ilike(_like(pattern), escape="\\")
        if folds_case or self.is_postgres:
            return column.like(_like(pattern), escape="\\")
        return column.op("GLOB")(_glob(pattern))


def plain_value(field: Field, value: Value, now: datetime) -> float | str | datetime:
    """What an attribute is compared with, as Python has it. The grammar let only fitting values through."""
    match value:
        case Span(seconds) if field.type is Type.TIME:
            return _shifted(now, seconds)
        case Span(seconds):
            return seconds
        case Number() | Text() if field.type is Type.TIME:
            when = moment(value)
            assert when is not None
            return when
        case Number(number):
            return number
        case Text(text) if field.name in _FOLDED:
            return _WORDS.get(field.name, {}).get(text.lower(), text.lower())
        case Text(text):
            return text
        case Boolean(truth):
            return "true" if truth else "false"


def _shifted(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)


def _like(pattern: Pattern) -> str:
    escaped = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
    return "".join(
        ("%" if piece.is_many else "_") if isinstance(piece, Wildcard) else piece.translate(escaped)
        for piece in pattern
    )


def _glob(pattern: Pattern) -> str:
    escaped = str.maketrans({"*": "[*]", "?": "[?]", "[": "[[]"})
    return "".join(
        ("*" if piece.is_many else "?") if isinstance(piece, Wildcard) else piece.translate(escaped)
        for piece in pattern
    )
