"""The order of results, as columns that are never null.

A key is a rank (what comes last has the highest) and values; ties are broken by the row's id, in the direction of the
last key. So every row has one place, and a page begins behind the place where the one before ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, cast

from sqlalchemy import ColumnElement, Double, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from vitrina.store.records import ParamKind
from vitrina.store.runs import Io
from vitrina.store.schema.columns import UtcDateTime
from vitrina.store.schema.metrics import SeriesRow
from vitrina.store.schema.registry import VersionRow
from vitrina.store.schema.runs import ParamRow, RunRow
from vitrina.store.search.columns import Expression, attribute, bytewise, row_id
from vitrina.store.search.conditions import Ground
from vitrina.store.search.leaves import series_value
from vitrina.store.search.tree import Field, Key, Kind, Section, Type

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the order."""

    expression: Expression
    is_descending: bool
    is_constant: bool = False
    """Whether all rows of a walk have the same value here, so that there is nothing to sort."""

    @property
    def ordered(self) -> Expression:
        return self.expression.desc() if self.is_descending else self.expression.asc()

    def is_behind(self, value: Any) -> Expression:
        return self.expression < value if self.is_descending else self.expression > value


def columns(keys: Sequence[Key], ground: Ground) -> list[Column]:
    """All columns of the order of rows of a kind, the last of them the id."""
    found = [column for key in keys for column in of_key(key, ground)]
    return [*found, tie(keys, row_id(ground.kind))]


def tie(keys: Sequence[Key], number: Expression) -> Column:
    return Column(number, keys[-1].is_descending if keys else True)


def of_key(key: Key, ground: Ground) -> list[Column]:
    """The columns of one key, good for every row: rank first."""
    field, down = key.field, key.is_descending
    if field.section in {Section.INPUT, Section.OUTPUT}:
        return _param(field, down, ground)
    if field.type is Type.VERSION:
        return [
            Column(part, down) for part in (VersionRow.major, VersionRow.minor, VersionRow.patch, VersionRow.pre_key)
        ]
    value = _metric(field, ground) if field.section is Section.METRIC else _attribute(field, ground)
    rank = case((value.is_(None), 1), else_=0)
    return [Column(rank, False), Column(func.coalesce(value, nothing(value)), down)]


def behind(columns: Sequence[Column], place: Sequence[Any]) -> Expression:
    """The rows that come after a place, given by the values of the columns there."""
    pairs = [(column, value) for column, value in zip(columns, place, strict=True) if not column.is_constant]
    (last, value), *before = reversed(pairs)
    found = last.is_behind(value)
    for column, value in before:
        found = or_(column.is_behind(value), and_(column.expression == value, found))
    if len(pairs) > 1:  # says it once more at the front, where an index can begin
        column, value = pairs[0]
        from_here = column.expression <= value if column.is_descending else column.expression >= value
        found = and_(from_here, found)
    return found


def run_of(kind: Kind) -> Expression:
    """The id of the run whose metrics and params a row of a kind is put in order by."""
    match kind:
        case Kind.RUNS:
            return RunRow.id
        case Kind.VERSIONS:
            return VersionRow.run_id
        case _:
            raise AssertionError("collections and reports are not put in order by a run's values")


def python_type(value: Expression) -> type:
    """Of what a database gives for a column."""
    kind = cast("ColumnElement[Any]", value).type
    return datetime if isinstance(kind, UtcDateTime) else kind.python_type


def nothing(value: Expression) -> Expression:
    """What stands in a column of the order where a row has no value; its rank says that it counts for nothing."""
    kind = python_type(value)
    if kind is datetime:
        return literal(_EPOCH, UtcDateTime())
    if kind is str:
        return literal("")
    return literal(0) if kind is int else literal(0.0, Double())


def _attribute(field: Field, ground: Ground) -> Expression:
    value = attribute(ground.kind, field.name, is_postgres=ground.is_postgres)
    return bytewise(value, is_postgres=ground.is_postgres) if field.type is Type.TEXT else value


def _metric(field: Field, ground: Ground) -> Expression:
    series = aliased(SeriesRow)
    asked = select(series_value(series, field)).where(series.run_id == run_of(ground.kind), series.name == field.name)
    return asked.scalar_subquery()


def _param(field: Field, down: bool, ground: Ground) -> list[Column]:
    """Numbers, then texts (the other way round when descending), then NaN, null and what is not there."""

    def asked(what: Callable[[Any], Expression]) -> Select[Any]:
        param = aliased(ParamRow)
        io = Io.INPUT if field.section is Section.INPUT else Io.OUTPUT
        of_run = (param.run_id == run_of(ground.kind), param.io == io, param.name == field.name)
        return select(what(param)).where(*of_run)

    rank = func.coalesce(asked(partial(rank_of, down=down)).scalar_subquery(), LAST)
    number = func.coalesce(asked(_number_of).scalar_subquery(), 0.0)
    words = func.coalesce(asked(text_of).scalar_subquery(), "")
    return [Column(rank, False), Column(number, down), Column(words, down)]


NUMBERS, TEXTS, LAST = 0, 1, 2


def rank_of(param: Any, *, down: bool) -> Expression:
    numbers, texts = (1, 0) if down else (0, 1)
    return case((param.number.is_not(None), numbers), (is_text(param), texts), else_=LAST)


def is_text(param: Any) -> Expression:
    return param.kind.in_((ParamKind.TEXT, ParamKind.JSON))


def _number_of(param: Any) -> Expression:
    return param.number


def text_of(param: Any) -> Expression:
    """Only the beginning counts, as far as the index has it."""
    return case((is_text(param), param.short), else_="")
