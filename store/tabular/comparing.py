"""The rows of two versions of a table beside each other: which came, went and changed, by a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any

from vitrina.store.errors import InvalidError
from vitrina.store.tabular.database import TableColumn, open_part, quoted, reading
from vitrina.store.tabular.parts import Part
from vitrina.store.tabular.previewing import cell
from vitrina.store.tabular.together import together

MEMORY = "512MB"
EXAMPLES = 5
PAIRED = 5
"""Columns, the first that may be a key, of which two together are tried."""

LIKELY = ("id", "key", "uuid", "index")
"""Names that a key has; or it ends with _id."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What became of the rows."""

    before: int
    after: int
    key: tuple[str, ...]
    """Empty: none was found, and rows are compared as a whole, so that a changed one came and went."""

    added: int
    removed: int
    changed: int
    by_column: Mapping[str, int] = field(default_factory=dict[str, int])
    """Rows in which a column changed, the most first; columns that changed in none are left out."""

    examples: Mapping[str, Sequence[Any]] = field(default_factory=dict[str, Sequence[Any]])
    """Some rows that were `added` and `removed`, by column, and `changed`: `{"key": [...], "columns": {name: [before,
    after]}}`."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def compare(before: Sequence[Part], after: Sequence[Part], *, key: Sequence[str] | None, spill: Path) -> Rows:
    """Compares rows by a key (None: one is looked for) within a limit of memory. Raises UnreadableError, and
    InvalidError for a key that is not there or comes twice."""
    with reading([*before, *after], spill=spill, memory=MEMORY) as connection:
        old = _opened(connection, before, "before", spill)
        new = _opened(connection, after, "after", spill)
        theirs = {column.name: column for column in new}
        shared = [(column, theirs[column.name]) for column in old if column.name in theirs]
        found = _checked(connection, key, [one for one, _ in shared]) if key else _found(connection, shared)
        if not found:
            return _without_key(connection, shared)
        return _by_key(connection, found, shared)


def _opened(connection: Any, parts: Sequence[Part], named: str, spill: Path) -> list[TableColumn]:
    tables = {part.name: f"{named}{place}" for place, part in enumerate(parts)}
    columns = {part.name: open_part(connection, part, named=tables[part.name], spill=spill) for part in parts}
    whole = together(connection, tables, columns, named=f"{named}_all")
    connection.execute(f"CREATE VIEW {named} AS SELECT * FROM {whole}")
    return columns[parts[0].name]


def _checked(connection: Any, key: Sequence[str], shared: Sequence[TableColumn]) -> tuple[str, ...]:
    there = [column.name for column in shared]
    for name in key:
        if name not in there:
            raise InvalidError(f"There is no column {name!r} in both.", hint=f"Both have {', '.join(there)}.")
    for table in ("before", "after"):
        if not _is_key(connection, table, key):
            raise InvalidError(
                f"{', '.join(key)} does not tell the rows {table} apart.",
                hint="Give a key that no two rows share, of several columns if need be.",
            )
    return tuple(key)


def _found(connection: Any, shared: Sequence[tuple[TableColumn, TableColumn]]) -> tuple[str, ...]:
    """The first column, or two of them, by which no two rows are alike; empty: there is none."""
    able = [one.name for one, _ in shared if one.is_countable and not one.is_fraction and one.kind != "bool"]
    likely = sorted(able, key=lambda name: not (name.lower() in LIKELY or name.lower().endswith("_id")))
    tried = [(name,) for name in likely] + list(combinations(likely[:PAIRED], 2))
    return next((key for key in tried if all(_is_key(connection, table, key) for table in ("before", "after"))), ())


def _is_key(connection: Any, table: str, key: Sequence[str]) -> bool:
    names = ", ".join(quoted(name) for name in key)
    there = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in key)
    missing = connection.execute(f"SELECT count(*) FROM {table} WHERE NOT ({there})").fetchone()[0]
    twice = connection.execute(f"SELECT 1 FROM {table} GROUP BY {names} HAVING count(*) > 1 LIMIT 1").fetchone()
    return not missing and twice is None


def _by_key(connection: Any, key: tuple[str, ...], shared: Sequence[tuple[TableColumn, TableColumn]]) -> Rows:
    others = [(one, other) for one, other in shared if one.name not in key]
    differs = {one.name: _differs(one, other) for one, other in others}
    is_changed = " OR ".join(differs.values()) or "false"
    joined = (
        "(SELECT true AS there, * FROM before) b FULL OUTER JOIN (SELECT true AS there, * FROM after) a ON "
        + " AND ".join(f"b.{quoted(name)} = a.{quoted(name)}" for name in key)
    )
    both = "b.there AND a.there"
    counted = "".join(f", count(*) FILTER ({both} AND {differs[name]})" for name in differs)
    found = connection.execute(
        f"SELECT count(b.there), count(a.there), count(*) FILTER (b.there IS NULL), count(*) FILTER (a.there IS NULL), "
        f"count(*) FILTER ({both} AND ({is_changed})){counted} FROM {joined}"
    ).fetchone()
    by_column = {name: count for name, count in zip(differs, found[5:], strict=True) if count}
    ranked = dict(sorted(by_column.items(), key=lambda item: -item[1]))
    examples = {
        "added": _rows(connection, f"SELECT a.* EXCLUDE there FROM {joined} WHERE b.there IS NULL", key, "a"),
        "removed": _rows(connection, f"SELECT b.* EXCLUDE there FROM {joined} WHERE a.there IS NULL", key, "b"),
        "changed": _changes(connection, f"FROM {joined} WHERE {both} AND ({is_changed})", key, others),
    }
    return Rows(found[0], found[1], key, found[2], found[3], found[4], ranked, examples)


def _differs(one: TableColumn, other: TableColumn) -> str:
    """Numbers are compared as numbers, whatever their type; values of other types that are not the same as text."""
    cast = ""
    if one.duck != other.duck:
        cast = "::DOUBLE" if one.kind == other.kind == "number" else "::VARCHAR"
    return f"b.{one.sql}{cast} IS DISTINCT FROM a.{other.sql}{cast}"


def _rows(connection: Any, query: str, key: Sequence[str], side: str) -> list[dict[str, Any]]:
    order = ", ".join(f"{side}.{quoted(name)}" for name in key)
    answer = connection.execute(f"{query} ORDER BY {order} LIMIT {EXAMPLES}")
    names = [one[0] for one in answer.description]
    return [dict(zip(names, map(cell, row), strict=True)) for row in answer.fetchall()]


def _changes(
    connection: Any, source: str, key: Sequence[str], others: Sequence[tuple[TableColumn, TableColumn]]
) -> list[dict[str, Any]]:
    if not others:
        return []
    keys = ", ".join(f"b.{quoted(name)}" for name in key)
    values = ", ".join(f"b.{one.sql}, a.{one.sql}, {_differs(one, other)}" for one, other in others)
    rows = connection.execute(f"SELECT {keys}, {values} {source} ORDER BY {keys} LIMIT {EXAMPLES}").fetchall()
    found: list[dict[str, Any]] = []
    for row in rows:
        told = {
            one.name: [cell(row[place]), cell(row[place + 1])]
            for (one, _), place in zip(others, range(len(key), len(row), 3), strict=True)
            if row[place + 2]
        }
        found.append({"key": [cell(value) for value in row[: len(key)]], "columns": told})
    return found


def _without_key(connection: Any, shared: Sequence[tuple[TableColumn, TableColumn]]) -> Rows:
    hashed = f"hash({', '.join(f'{one.sql}::VARCHAR' for one, _ in shared)})" if shared else "0"
    before, after, added, removed = connection.execute(
        f"WITH b AS (SELECT {hashed} AS h, count(*) AS n FROM before GROUP BY 1), "
        f"a AS (SELECT {hashed} AS h, count(*) AS n FROM after GROUP BY 1) "
        "SELECT coalesce(sum(b.n), 0)::BIGINT, coalesce(sum(a.n), 0)::BIGINT, "
        "coalesce(sum(greatest(coalesce(a.n, 0) - coalesce(b.n, 0), 0)), 0)::BIGINT, "
        "coalesce(sum(greatest(coalesce(b.n, 0) - coalesce(a.n, 0), 0)), 0)::BIGINT FROM b FULL OUTER JOIN a USING (h)"
    ).fetchone()
    return Rows(before, after, (), added, removed, 0)
