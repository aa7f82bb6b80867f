"""The few runs that a query can find at all, where one of its conditions is met by few.

Walking along the order is quick while results are dense. Where they are not, it is quicker to begin with the
condition that fewest runs meet: each that an index answers is asked for its first runs; if there are no more, they are
it.
"""

from __future__ import annotations

from sqlalchemy import Connection

from vitrina.store.search.conditions import Ground, runs_that
from vitrina.store.search.tree import All, Any, Node

FEW = 1000
"""So many runs are looked at one by one in less time than a walk may take."""

MANY = 20_000
"""So many are worth knowing where a walk has met too little: sets of them may have few in common."""


def candidates(connection: Connection, node: Node | None, ground: Ground, *, most: int) -> frozenset[int] | None:
    """Ids of runs among which all results are; None: there are more than `most`, or it cannot be known."""
    match node:
        case None:
            return None
        case All(parts):
            return _in_common(connection, parts, ground, most=most)
        case Any(parts):
            return _together(connection, parts, ground, most=most)
        case _:
            asked = runs_that(node, ground)
            if asked is None or not asked.is_indexed:
                return None
            ids = frozenset(connection.scalars(asked.ids.limit(most + 1)))
            return ids if len(ids) <= most else None


def _in_common(connection: Connection, parts: tuple[Node, ...], ground: Ground, *, most: int) -> frozenset[int] | None:
    common: frozenset[int] | None = None
    for part in parts:
        found = candidates(connection, part, ground, most=most)
        if found is not None:
            common = found if common is None else common & found
        if common is not None and len(common) <= _ENOUGH:
            break
    return common


def _together(connection: Connection, parts: tuple[Node, ...], ground: Ground, *, most: int) -> frozenset[int] | None:
    together: frozenset[int] = frozenset()
    for part in parts:
        found = candidates(connection, part, ground, most=most)
        if found is None or len(together | found) > most:
            return None
        together |= found
    return together


_ENOUGH = 50
"""With so few no further condition is asked."""
