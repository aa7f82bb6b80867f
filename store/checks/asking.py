"""Asking a table whether it keeps to its checks, in SQL, wherever its rows lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from vitrina.store.checks.check import Check, Kind, Outcome, Result
from vitrina.store.libraries import load
from vitrina.store.tabular.database import TableColumn, quoted, said_by

EXAMPLES = 5
LETTERS = 60
"""Of an example."""


def ask(connection: Any, table: str, columns: Sequence[TableColumn], checks: Sequence[Check]) -> list[Result]:
    """How each check goes; one that cannot be asked is broken, and says why. `table` is the name of a view."""
    known = {column.name: column for column in columns}
    return [_asked(connection, table, known, check) for check in checks]


def leaks(connection: Any, tables: Mapping[str, str], columns: Mapping[str, Sequence[TableColumn]]) -> list[Result]:
    """Whether a row is in two splits: one result for each two of them. Rows are compared by a hash over the columns
    that both have. `tables` are the names of views, by split."""
    found: list[Result] = []
    for one, other in combinations(tables, 2):
        there = {column.name for column in columns[other]}
        shared = [column for column in columns[one] if column.name in there]
        title = f"no row of {one} is in {other}"
        if not shared:
            found.append(Result(title, Kind.LEAK, Outcome.PASSED, "They have no column in common."))
            continue
        hashed = f"hash({', '.join(f'{column.sql}::VARCHAR' for column in shared)}) AS h"
        [rows] = connection.execute(
            f"SELECT count(*) FROM (SELECT {hashed} FROM {tables[other]}) "
            f"WHERE h IN (SELECT {hashed} FROM {tables[one]})"
        ).fetchone()
        said = f"{_rows(rows)} of {other} are in {one} too." if rows else "They have no row in common."
        found.append(Result(title, Kind.LEAK, Outcome.FAILED if rows else Outcome.PASSED, said, rows))
    return found


def _asked(connection: Any, table: str, known: Mapping[str, TableColumn], check: Check) -> Result:
    missing = [name for name in check.columns if name not in known]
    if missing:
        said = f"There is no column {missing[0]!r}; there are {', '.join(list(known)[:10])}."
        return Result(check.title, check.kind, Outcome.BROKEN, said)
    duckdb = load("duckdb", extra="frames", purpose="Checking data")
    try:
        return _ASK[check.kind](connection, table, known, check)
    except duckdb.Error as error:
        return Result(check.title, check.kind, Outcome.BROKEN, f"It could not be asked: {said_by(error)}")


def _not_null(connection: Any, table: str, known: Mapping[str, TableColumn], check: Check) -> Result:
    missing = " OR ".join(_is_missing(known[name]) for name in check.columns)
    return _offences(connection, table, check, missing, shown=())


def _is_missing(column: TableColumn) -> str:
    return f"{column.sql} IS NULL" + (f" OR isnan({column.sql})" if column.is_fraction else "")


def _unique(connection: Any, table: str, known: Mapping[str, TableColumn], check: Check) -> Result:
    names = ", ".join(known[name].sql for name in check.columns)
    there = " AND ".join(f"{known[name].sql} IS NOT NULL" for name in check.columns)
    again = f"SELECT {names}, count(*) AS n FROM {table} WHERE {there} GROUP BY {names} HAVING n > 1"
    values, rows = connection.execute(f"SELECT count(*), coalesce(sum(n), 0)::BIGINT FROM ({again})").fetchone()
    found = connection.execute(f"SELECT {names} FROM ({again}) ORDER BY n DESC, {names} LIMIT {EXAMPLES}").fetchall()
    said = f"{values:,} value{'s come' if values != 1 else ' comes'} more than once." if values else "Each comes once."
    return Result(check.title, check.kind, _outcome(not values), said, rows, _examples(found))


def _range(connection: Any, table: str, known: Mapping[str, TableColumn], check: Check) -> Result:
    column = known[check.columns[0]].sql
    ends = [(sign, end) for sign, end in (("<", check.low), (">", check.high)) if end is not None]
    outside = " OR ".join(f"{column} {sign} ?" for sign, _ in ends)
    not_a_number = f" AND NOT isnan({column})" if known[check.columns[0]].is_fraction else ""
    return _offences(
        connection, table, check, f"({outside}){not_a_number}", shown=check.columns, given=[end for _, end in ends]
    )


def _allowed(connection: Any, table: str, known: Mapping[str, TableColumn], check: Check) -> Result:
    column = known[check.columns[0]].sql
    other = f"{column} IS NOT NULL AND {column} NOT IN ({', '.join('?' * len(check.values))})"
    return _offences(connection, table, check, other, shown=check.columns, given=check.values)


def _row_count(connection: Any, table: str, known: Mapping[str, TableColumn], check: Check) -> Result:
    [rows] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    is_few, is_many = check.low is not None and rows < check.low, check.high is not None and rows > check.high
    return Result(check.title, check.kind, _outcome(not is_few and not is_many), f"There are {rows:,}.")


def _skew(connection: Any, table: str, known: Mapping[str, TableColumn], check: Check) -> Result:
    column = known[check.columns[0]]
    assert isinstance(check.high, int | float)
    if column.kind == "number":
        there = f"isfinite({column.sql}::DOUBLE)"
        [found] = connection.execute(f"SELECT skewness({column.sql}) FROM {table} WHERE {there}").fetchone()
        if found is None:
            return Result(check.title, check.kind, Outcome.PASSED, "There are too few values to be skewed.")
        return Result(check.title, check.kind, _outcome(abs(found) <= check.high), f"It is skewed by {found:.3g}.")
    most = connection.execute(
        f"SELECT {column.sql}::VARCHAR, count(*) / sum(count(*)) OVER () FROM {table} "
        f"WHERE {column.sql} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
    ).fetchone()
    if most is None:
        return Result(check.title, check.kind, Outcome.PASSED, "There is no value.")
    said = f"{most[0][:LETTERS]!r} is {most[1]:.1%} of them."
    return Result(check.title, check.kind, _outcome(most[1] <= check.high), said)


def _condition(connection: Any, table: str, known: Mapping[str, TableColumn], check: Check) -> Result:
    duckdb = load("duckdb", extra="frames", purpose="Checking data")
    try:
        return _offences(connection, table, check, f"NOT ({check.sql})", shown=())
    except duckdb.BinderException as error:
        if "aggregate" not in str(error).lower():
            raise
    [holds] = connection.execute(f"SELECT ({check.sql})::BOOLEAN FROM {table}").fetchone()
    return Result(check.title, check.kind, _outcome(holds is not False), "It holds." if holds else "It does not hold.")


def _offences(
    connection: Any, table: str, check: Check, wrong: str, *, shown: Sequence[str], given: Sequence[Any] = ()
) -> Result:
    """Counts the rows for which `wrong` is true, and shows some of their values."""
    [rows, all_rows] = connection.execute(
        f"SELECT count(*) FILTER ({wrong}), count(*) FROM {table}", list(given)
    ).fetchone()
    if not rows:
        return Result(check.title, check.kind, Outcome.PASSED, f"All {all_rows:,} rows keep to it.", 0)
    names = ", ".join(quoted(name) for name in shown)
    examples = (
        connection.execute(
            f"SELECT DISTINCT {names} FROM {table} WHERE {wrong} ORDER BY ALL LIMIT {EXAMPLES}", list(given)
        )
        if names
        else None
    )
    said = f"{_rows(rows)} of {all_rows:,} {'do' if rows != 1 else 'does'} not keep to it."
    return Result(
        check.title, check.kind, Outcome.FAILED, said, rows, _examples(examples.fetchall() if examples else [])
    )


def _outcome(is_passed: bool) -> Outcome:
    return Outcome.PASSED if is_passed else Outcome.FAILED


def _rows(count: int) -> str:
    return f"{count:,} row{'s' if count != 1 else ''}"


def _examples(rows: Sequence[Sequence[object]]) -> tuple[str, ...]:
    return tuple(", ".join(str(value) for value in row)[:LETTERS] for row in rows)


_ASK = {
    Kind.NOT_NULL: _not_null,
    Kind.UNIQUE: _unique,
    Kind.RANGE: _range,
    Kind.ALLOWED: _allowed,
    Kind.ROW_COUNT: _row_count,
    Kind.SKEW: _skew,
    Kind.CONDITION: _condition,
}
