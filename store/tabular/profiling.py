"""The profile of a table in files, column by column, in as much memory as one column's figures need."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from vitrina.store.charts.data import plain
from vitrina.store.profile import BINS, CORRELATED, FEW, LONGEST, QUANTILES, SAMPLED, SKETCH, TOP, tie
from vitrina.store.tabular.database import TableColumn

EXACT = 100_000
"""Up to so many rows all figures are exact. Beyond, the number of different values and the quantiles are estimated
(HyperLogLog, t-digest), and so is which values of many are the most frequent; how often they come is counted."""

MANY = 50_000
"""Different values of a column, by estimate, that are not counted one by one."""

PROFILED = 200
"""Columns that the profile tells of."""

ESTIMATED = ["distinct", "quantiles", "top", "correlations"]


def profile_of(connection: Any, table: str, columns: Sequence[TableColumn]) -> dict[str, Any]:
    """As `vitrina.store.profile.profile` gives it, with `estimated`, the figures that are not exact, where rows are
    many. `table` is the name of a view."""
    rows = int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    is_large = rows > EXACT
    found = {
        "rows": rows,
        "columns": [_column(connection, table, column, rows, is_large) for column in columns[:PROFILED]],
        **_correlations(connection, table, columns, rows),
    }
    return found | ({"estimated": ESTIMATED} if is_large else {})


def _column(connection: Any, table: str, column: TableColumn, rows: int, is_large: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"name": column.name, "type": column.type, "kind": column.kind}
    if not column.is_countable:
        [count] = _row(connection, f"SELECT count({column.sql}) FROM {table}")
        return told | {"count": count, "nulls": rows - count}
    counted = f"approx_count_distinct({column.sql})" if is_large else f"count(DISTINCT {column.sql})"
    count, distinct = _row(connection, f"SELECT count({column.sql}), {counted} FROM {table}")
    told |= {"count": count, "nulls": rows - count, "distinct": min(distinct, count)}
    match column.kind:
        case "number":
            return told | _number(connection, table, column, told["distinct"], is_large)
        case "time":
            return told | _time(connection, table, column)
        case "bool":
            return told | {"top": _top(connection, table, column, told["distinct"])}
        case _:
            lengths = _lengths(connection, table, column) if column.duck == "VARCHAR" and count else {}
            return told | {"top": _top(connection, table, column, told["distinct"])} | lengths


def _number(connection: Any, table: str, column: TableColumn, distinct: int, is_large: bool) -> dict[str, Any]:
    value, found = f"{column.sql}::DOUBLE", dict[str, Any]()
    there = f"{column.sql} IS NOT NULL"
    if column.is_fraction:
        nan, infinite = _row(
            connection,
            f"SELECT count(*) FILTER (isnan({column.sql})), count(*) FILTER (isinf({column.sql})) FROM {table}",
        )
        found |= {"nan": nan, "infinite": infinite}
        there = f"isfinite({column.sql})"
    points = (
        f"approx_quantile({value}, {[*QUANTILES, *_shares()]})"  # one digest of all values serves both
        if is_large
        else f"list_concat(quantile_cont({value}, {list(QUANTILES)}), quantile_disc({value}, {_shares()}))"
    )
    low, high, count, mean, std, reached = _row(
        connection,
        f"SELECT min({column.sql}), max({column.sql}), count(*), avg({value}), "
        f"CASE WHEN count(*) > 1 AND max(abs({value})) < 1e150 THEN stddev_samp({value}) END, "
        f"{points} FROM {table} WHERE {there}",
    )
    if count:
        found |= {"min": low, "max": high, "mean": mean, "std": 0.0 if count == 1 else std}
        found["quantiles"] = dict(zip(map(str, QUANTILES), reached, strict=False))
        found["sketch"] = [_short(point) for point in reached[len(QUANTILES) :]]
        found["histogram"] = _histogram(connection, f"{table} WHERE {there}", value, float(low), float(high))
    if not column.is_fraction and distinct <= FEW:
        found["top"] = _top(connection, table, column, distinct)
    return plain(found)


def _time(connection: Any, table: str, column: TableColumn) -> dict[str, Any]:
    value = f"epoch_us({column.sql})::DOUBLE"
    low, high, first, last = _row(
        connection, f"SELECT min({column.sql}), max({column.sql}), min({value}), max({value}) FROM {table}"
    )
    if low is None:
        return {}
    drawn = _histogram(connection, f"{table} WHERE {column.sql} IS NOT NULL", value, first, last)
    zone = "" if "ZONE" in column.duck else "::TIMESTAMP"
    times = _row(connection, f"SELECT list_transform(?::BIGINT[], lambda t: make_timestamptz(t){zone})", drawn["edges"])
    return plain({"min": low, "max": high, "histogram": {"edges": times[0], "counts": drawn["counts"]}})


def _histogram(connection: Any, source: str, value: str, low: float, high: float) -> dict[str, Any]:
    width = (high - low) / BINS
    if not math.isfinite(width) or width <= 0 or low + width == low or high - width == high:
        [count] = _row(connection, f"SELECT count(*) FROM {source}")
        return {"edges": [low, high], "counts": [count]}
    place = f"least(greatest(floor(({value} - ?) / ?), 0), {BINS - 1})::INTEGER"
    counted = connection.execute(f"SELECT {place}, count(*) FROM {source} GROUP BY 1", [low, width]).fetchall()
    counts = dict(counted)
    edges = [low + place * width for place in range(BINS)] + [high]
    return {"edges": edges, "counts": [counts.get(place, 0) for place in range(BINS)]}


def _top(connection: Any, table: str, column: TableColumn, distinct: int) -> list[dict[str, Any]]:
    """The most frequent values; of equally frequent ones the smaller first. Of very many values those that a first look
    finds to be frequent are counted."""
    chosen = ""
    if distinct > MANY:
        chosen = f"AND {column.sql} IN (SELECT unnest(approx_top_k({column.sql}, {TOP})) FROM {table})"
    ranked = connection.execute(
        f"SELECT {column.sql}, count(*) FROM {table} WHERE {column.sql} IS NOT NULL {chosen} "
        f"GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {TOP}"
    ).fetchall()
    return [
        {"value": value[:LONGEST] if isinstance(value, str) else plain(value), "count": count}
        for value, count in ranked
    ]


def _lengths(connection: Any, table: str, column: TableColumn) -> dict[str, Any]:
    low, mean, high = _row(
        connection,
        f"SELECT min(length({column.sql})), avg(length({column.sql})), max(length({column.sql})) FROM {table}",
    )
    return {"lengths": {"min": low, "mean": mean, "max": high}}


def _correlations(connection: Any, table: str, columns: Sequence[TableColumn], rows: int) -> dict[str, Any]:
    chosen = [column for column in columns[:PROFILED] if column.kind == "number"][:CORRELATED]
    if len(chosen) < 2 or not rows:
        return {}
    cleaned = ", ".join(
        f"CASE WHEN isfinite({one.sql}::DOUBLE) THEN {one.sql}::DOUBLE END AS c{place}"
        for place, one in enumerate(chosen)
    )
    sample = f"USING SAMPLE reservoir({SAMPLED} ROWS) REPEATABLE (1)" if rows > SAMPLED else ""
    pairs = [(left, right) for right in range(len(chosen)) for left in range(right)]
    asked = ", ".join(f"corr(c{left}, c{right})" for left, right in pairs)
    answered = connection.execute(f"SELECT {asked} FROM (SELECT {cleaned} FROM {table} {sample})").fetchone()
    return tie([one.name for one in chosen], dict(zip(pairs, answered, strict=True)))


def _shares() -> list[float]:
    return [place / (SKETCH - 1) for place in range(SKETCH)]


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _row(connection: Any, query: str, parameter: object = None) -> Any:
    return connection.execute(query, [parameter] if parameter is not None else []).fetchone()
