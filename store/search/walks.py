"""Ways to walk through runs in the order that was asked for, each along one index.

Where the first key is a metric or a param, the runs that have it are met in its order from the index of the values,
and those without it come after. A walk is one statement; a page takes them one after another until it is full.

A walk reads one table, and asks all else by EXISTS: so neither database is free to begin elsewhere and sort
everything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeGuard, cast

from sqlalchemy import ColumnElement, Select, and_, literal, select, true
from sqlalchemy.orm import aliased

from vitrina.store.runs import Io
from vitrina.store.schema.metrics import SeriesRow
from vitrina.store.schema.runs import ParamRow, RunRow
from vitrina.store.search import leaves, ordering
from vitrina.store.search.columns import Expression, row_id
from vitrina.store.search.conditions import Ground, condition
from vitrina.store.search.ordering import LAST, Column
from vitrina.store.search.tree import Aggregate, All, Between, Compare, Field, Key, Node, Query, Section, Within


@dataclass(frozen=True, slots=True)
class Walk:
    """One way through rows, in order. It meets only rows of one rank of the first key; None: of every one."""

    statement: Select[Any]
    """What it walks along; not one row of it need be wanted."""

    columns: list[Column]
    is_wanted: Callable[[Expression], Expression]
    """Whether the row with this id is."""

    rank: int | None = None
    can_stop: bool = False
    """Whether it walks along an index, so that it costs as much as it goes."""

    def page(self, *, place: Sequence[Any] | None, limit: int, until: Any = None) -> Select[Any]:
        """The first rows behind a place (None: from the beginning): the values of the columns, the id last.

        With `until` no further than this value of the column it walks along; None: to the end.
        """
        statement = self._behind(place).where(self.is_wanted(self.columns[-1].expression))
        if until is not None:
            along = self._along
            is_near = along.expression >= until if along.is_descending else along.expression <= until
            statement = statement.where(is_near)
        return statement.order_by(*self._order).limit(limit)

    def end_of(self, rows: int, *, place: Sequence[Any] | None) -> Select[Any]:
        """Where the walk is after so many rows, wanted or not, by the value of the column it walks along.

        An index is counted through here, which is thousands of times cheaper than what else is asked of each row.
        """
        return (
            self._behind(place).with_only_columns(self._along.expression).order_by(*self._order).offset(rows).limit(1)
        )

    @property
    def _along(self) -> Column:
        return next(column for column in self.columns if not column.is_constant)

    @property
    def _order(self) -> list[Expression]:
        return [column.ordered for column in self.columns if not column.is_constant]

    def _behind(self, place: Sequence[Any] | None) -> Select[Any]:
        statement = self.statement.with_only_columns(
            *(
                cast("ColumnElement[Any]", column.expression).label(f"place_{number}")
                for number, column in enumerate(self.columns)
            ),
            maintain_column_froms=True,
        )
        return statement.where(ordering.behind(self.columns, place)) if place is not None else statement


def sorted_rows(query: Query, ground: Ground, wanted: Expression) -> Walk:
    """Through all that meet the query, sorted: for kinds of which there are few, and for a few that are known."""
    return Walk(select(row_id(ground.kind)), ordering.columns(query.order, ground), lambda _: wanted)


def walks(query: Query, ground: Ground, there: Expression) -> list[Walk]:
    """The ways through runs, in their order. `there` says of a row of `runs` whether the reader may find it at all."""
    wanted = and_(there, condition(query.where, ground)) if query.where is not None else there
    if not query.order:
        return [_by_run(query, ground, wanted, own=[], rank=None)]
    key = query.order[0]
    match key.field:
        case Field(Section.METRIC, _, _, Aggregate.LAST):
            found = [_by_metric(query, ground, there)]
        case Field(Section.INPUT | Section.OUTPUT):
            numbers, texts = _by_number(query, ground, wanted), _by_text(query, ground, wanted)
            found = [texts, numbers] if key.is_descending else [numbers, texts]
        case Field(Section.ATTRIBUTE, "created"):
            found = [_by_start(query, ground, wanted)]
        case _:
            return [sorted_rows(query, ground, wanted)]
    is_needed = any(_is_about(leaf, key.field) for leaf in _conjuncts(query.where))
    return found if is_needed else [*found, _without(query, ground, wanted)]


def _by_metric(query: Query, ground: Ground, there: Expression) -> Walk:
    key, series = query.order[0], aliased(SeriesRow)
    own_leaves = [leaf for leaf in _conjuncts(query.where) if _is_about(leaf, key.field)]
    held = [leaves.held_by(leaf, series.last, ground.comparing) for leaf in own_leaves]
    rest = tuple(part for part in _conjuncts(query.where) if part not in own_leaves)
    wanted = and_(there, *(condition(part, ground) for part in rest))
    statement = select(series.run_id).where(series.name == key.field.name, series.last.is_not(None), *held)
    own = [_constant(0), Column(series.last, key.is_descending)]
    return _along(statement, own, series.run_id, query, ground, wanted, rank=0)


def _by_number(query: Query, ground: Ground, wanted: Expression) -> Walk:
    key, param = query.order[0], aliased(ParamRow)
    statement = _of_param(param, key).where(param.number.is_not(None))
    rank = 1 if key.is_descending else 0
    own = [_constant(rank), Column(param.number, key.is_descending), _constant("")]
    return _along(statement, own, param.run_id, query, ground, wanted, rank=rank)


def _by_text(query: Query, ground: Ground, wanted: Expression) -> Walk:
    key, param = query.order[0], aliased(ParamRow)
    statement = _of_param(param, key).where(ordering.is_text(param))
    rank = 0 if key.is_descending else 1
    own = [_constant(rank), _constant(0.0), Column(param.short, key.is_descending)]
    return _along(statement, own, param.run_id, query, ground, wanted, rank=rank)


def _by_start(query: Query, ground: Ground, wanted: Expression) -> Walk:
    run = aliased(RunRow)
    own = [_constant(0), Column(run.started_at, query.order[0].is_descending)]
    return _by_run(query, ground, wanted, own=own, rank=0, run=run, also=[run.started_at.is_not(None)])


def _without(query: Query, ground: Ground, wanted: Expression) -> Walk:
    """The runs that have no value of the first key, which come last."""
    rank, *values = ordering.of_key(query.order[0], ground)
    last = LAST if len(values) > 1 else 1
    own = [_constant(last), *(Column(ordering.nothing(value.expression), False, True) for value in values)]
    return _by_run(query, ground, wanted & (rank.expression == last), own=own, rank=last)


def _by_run(
    query: Query,
    ground: Ground,
    wanted: Expression,
    *,
    own: list[Column],
    rank: int | None,
    run: Any = None,
    also: Sequence[Expression] = (),
) -> Walk:
    run = aliased(RunRow) if run is None else run
    of_project = run.project_id == ground.scope.project.id if ground.scope.project is not None else true()
    return _along(select(run.id).where(of_project, *also), own, run.id, query, ground, wanted, rank=rank)


def _along(
    statement: Select[Any],
    own: list[Column],
    run: Expression,
    query: Query,
    ground: Ground,
    wanted: Expression,
    *,
    rank: int | None,
) -> Walk:
    """`own` are the columns of the first key as the walk has them; those of other keys, and the run, come after."""
    others = [
        Column(
            select(column.expression).where(RunRow.id == run).scalar_subquery(),
            column.is_descending,
        )
        for key in query.order[1:]
        for column in ordering.of_key(key, ground)
    ]
    columns = [*own, *others, ordering.tie(query.order, run)]
    return Walk(statement, columns, partial(_is, wanted=wanted), rank, can_stop=True)


def _is(run: Expression, wanted: Expression) -> Expression:
    return select(RunRow.id).where(RunRow.id == run, wanted).exists()


def _of_param(param: Any, key: Key) -> Select[Any]:
    io = Io.INPUT if key.field.section is Section.INPUT else Io.OUTPUT
    return select(param.run_id).where(param.io == io, param.name == key.field.name)


def _constant(value: float | str) -> Column:
    return Column(literal(value), is_descending=False, is_constant=True)


def _is_about(node: Node, field: Field) -> TypeGuard[Compare | Between | Within]:
    """Whether it is met only by what has this field."""
    return isinstance(node, Compare | Between | Within) and node.field == field


def _conjuncts(node: Node | None) -> Sequence[Node]:
    """What every result must meet."""
    match node:
        case None:
            return ()
        case All(parts):
            return parts
        case _:
            return (node,)
