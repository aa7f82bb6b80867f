"""Searching: from the text of a query to pages of results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_

from vitrina.store.engine import Database
from vitrina.store.errors import InvalidError
from vitrina.store.records import Project, Run, Visibility
from vitrina.store.search import cursors, limits
from vitrina.store.search.candidates import FEW, MANY, candidates
from vitrina.store.search.columns import Expression, alive, project_id, row_id
from vitrina.store.search.comparing import Comparing
from vitrina.store.search.conditions import Ground, condition
from vitrina.store.search.found import Thing, things
from vitrina.store.search.grammar import fields as read_fields
from vitrina.store.search.grammar import parse
from vitrina.store.search.ordering import columns, python_type
from vitrina.store.search.related import starts
from vitrina.store.search.scope import Scope
from vitrina.store.search.tree import All, Field, Kind, Node, Not, Query, Related
from vitrina.store.search.tree import Any as AnyOf
from vitrina.store.search.values import values_of
from vitrina.store.search.walks import Walk, sorted_rows, walks

LONGEST_PAGE = 1000

NEAR = 10_000
"""Rows of a walk after which it is asked whether there is a shorter way."""


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found."""

    items: Sequence[Thing]
    after: str | None
    """Give it as `after` to get the next page; None: this was the last."""


class Search:
    """Finds runs, collections, versions and reports by the grammar of docs/search.md."""

    def __init__(self, database: Database, *, limit_s: float = limits.LONGEST_S) -> None:
        self._database = database
        self._limit_s = limit_s

    def page(
        self,
        query: str,
        *,
        kind: Kind = Kind.RUNS,
        project: Project | None = None,
        visible_to: Sequence[Visibility] = tuple(Visibility),
        after: str | None = None,
        limit: int = 100,
    ) -> Results:
        """The first results behind a cursor; `after` None: from the beginning, `project` None: of every project.

        Raises QueryError for what cannot be read, CursorError for another search's cursor, and SearchTooSlowError for
        what takes too long.
        """
        if not 0 < limit <= LONGEST_PAGE:
            raise InvalidError(f"A page cannot have {limit} results.", hint=f"Ask for 1 to {LONGEST_PAGE}.")
        asked = parse(query, kind)
        scope = Scope(tuple(visible_to), project)
        search = cursors.fingerprint(query, kind, project.id if project is not None else None)
        with self._database.reading() as connection, limits.at_most(connection, self._limit_s):
            ground = self._ground(connection, asked, kind, scope)
            place = self._place(after, search, asked, ground)
            rows = _rows(connection, asked, ground, place=place, limit=limit + 1)
            found = things(connection, kind, [row[-1] for row in rows[:limit]])
        return Results(found, cursors.to_text(search, rows[limit - 1]) if len(rows) > limit else None)

    def each(
        self,
        query: str,
        *,
        kind: Kind = Kind.RUNS,
        project: Project | None = None,
        visible_to: Sequence[Visibility] = tuple(Visibility),
        limit: int | None = None,
    ) -> Iterator[Thing]:
        """All results, page after page, as far as the caller goes; `limit` None: to the end."""
        after, left = None, limit
        while left is None or left > 0:
            size = min(LONGEST_PAGE if left is None else left, LONGEST_PAGE)
            page = self.page(query, kind=kind, project=project, visible_to=visible_to, after=after, limit=size)
            yield from page.items
            if page.after is None:
                return
            after, left = page.after, None if left is None else left - len(page.items)

    def rows(
        self,
        query: str,
        *,
        fields: str = "",
        project: Project | None = None,
        visible_to: Sequence[Visibility] = tuple(Visibility),
        limit: int | None = None,
    ) -> Iterator[tuple[Run, dict[str, Any]]]:
        """Runs as from `each`, each with the values of the fields (`metrics.auc, params.lr`; None: it has none)."""
        wanted = read_fields(fields)
        runs = self.each(query, project=project, visible_to=visible_to, limit=limit)
        while few := [thing for thing in islice(runs, LONGEST_PAGE) if isinstance(thing, Run)]:
            values = self.values([run.id for run in few], wanted) if wanted else {}
            for run in few:
                yield run, {name: by_run.get(run.id) for name, by_run in values.items()}

    def values(self, run_ids: Sequence[int], fields: Sequence[Field]) -> dict[str, dict[int, Any]]:
        """Metrics, inputs and outputs of runs by field (`metrics.auc`) and run; two queries. What is not there is
        left out."""
        with self._database.reading() as connection:
            return values_of(connection, run_ids, fields)

    def _ground(self, connection: Connection, query: Query, kind: Kind, scope: Scope) -> Ground:
        named = {related: starts(connection, related, scope) for related in _related(query.where)}
        comparing = Comparing(self._database.clock(), is_postgres=connection.dialect.name == "postgresql")
        return Ground(kind, comparing, scope, named)

    def _place(self, after: str | None, search: str, query: Query, ground: Ground) -> list[Any] | None:
        if after is None:
            return None
        types = [python_type(column.expression) for column in columns(query.order, ground)]
        return cursors.from_text(after, search, types=types)


def _rows(
    connection: Connection, query: Query, ground: Ground, *, place: list[Any] | None, limit: int
) -> list[tuple[Any, ...]]:
    """The places of the first results; the last value of each is its id.

    The cheapest way first: through few runs that are known, along the order as long as results are dense, through more
    that are known, and along the order to the end.
    """
    wanted = _wanted(query, ground)
    if ground.kind is not Kind.RUNS:
        return _met(connection, [sorted_rows(query, ground, wanted)], place, limit)
    few = candidates(connection, query.where, ground, most=FEW)
    if few is not None:
        return _among(connection, query, ground, few, place, limit)
    ways = [
        walk
        for walk in walks(query, ground, _there(ground))
        if walk.rank is None or place is None or walk.rank >= place[0]
    ]
    near = _near(connection, ways[0], place, limit)
    if len(near) == limit:
        return near
    many = candidates(connection, query.where, ground, most=MANY) if ways[0].can_stop else None
    if many is not None:
        return _among(connection, query, ground, many, place, limit)
    return _met(connection, ways, place, limit)


def _near(connection: Connection, walk: Walk, place: list[Any] | None, limit: int) -> list[tuple[Any, ...]]:
    """What a walk meets among the next rows; nothing where it is no longer than that."""
    if not walk.can_stop:
        return []
    here = _place_in(walk, place)
    until = connection.scalar(walk.end_of(NEAR, place=here))
    return (
        [tuple(row) for row in connection.execute(walk.page(place=here, limit=limit, until=until))]
        if until is not None
        else []
    )


def _place_in(walk: Walk, place: list[Any] | None) -> list[Any] | None:
    return place if place is not None and walk.rank in {None, place[0]} else None


def _among(
    connection: Connection, query: Query, ground: Ground, ids: frozenset[int], place: list[Any] | None, limit: int
) -> list[tuple[Any, ...]]:
    if not ids:
        return []
    wanted = and_(row_id(ground.kind).in_(ids), _wanted(query, ground, by_id=True))
    return _met(connection, [sorted_rows(query, ground, wanted)], place, limit)


def _met(connection: Connection, ways: Sequence[Walk], place: list[Any] | None, limit: int) -> list[tuple[Any, ...]]:
    """What the walks meet behind a place, one after another until there is enough."""
    found: list[tuple[Any, ...]] = []
    for walk in ways:
        page = walk.page(place=_place_in(walk, place), limit=limit - len(found))
        found += [tuple(row) for row in connection.execute(page)]
        if len(found) == limit:
            break
    return found


def _wanted(query: Query, ground: Ground, *, by_id: bool = False) -> Expression:
    """Whether a row is there for the reader and meets the query."""
    there = _there(ground, by_id=by_id)
    return and_(there, condition(query.where, ground)) if query.where is not None else there


def _there(ground: Ground, *, by_id: bool = False) -> Expression:
    """`by_id` says that the rows are known by their ids, and keeps SQLite from going over a project's index instead."""
    project = project_id(ground.kind)
    searched = (project + 0 if by_id else project).in_(ground.scope.projects())
    return and_(*alive(ground.kind), searched)


def _related(node: Node | None) -> Iterator[Related]:
    match node:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _related(part)
        case Not(part):
            yield from _related(part)
        case Related():
            yield node
        case _:
            return
