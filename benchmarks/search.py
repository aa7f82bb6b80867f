"""What a search costs: ten queries over a store of 100,000 runs, each with 10 params and 10 metrics.

    python benchmarks/search.py [--runs 100000] [--home DIR] [--postgres URL] [--rounds 5]

The store is made in the database itself (some seconds for 100,000 runs; `--home` keeps it for the next time) and has
what people's stores have: tags, a data set that every tenth run used, failed runs. Each query asks for its first 100
results; `first` is the time of the first asking. The last lines ask for pages far behind, which must cost what the
first one costs. The reference is a count of all metrics, timed between: where it varies, so does the rest.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from vitrina.store.opening import Store, open_store
from vitrina.store.search.tree import Kind

QUERIES = {
    "plain": "metrics.m1 > 0.5 and params.p2 = '3' order by metrics.m1 desc",
    "other order": "metrics.m1 > 0.5 and params.p2 = '3' order by metrics.m2",
    "or": "metrics.m1 > 0.99 or params.p2 = '3' and tag:best order by metrics.m3 desc",
    "not": "not metrics.m1 > 0.1 and not params.p2 = '3' order by created desc",
    "no match": "metrics.m1 > 2 and params.p2 = '3' order by metrics.m1",
    "never together": "params.p1 = '1' and params.p2 = '1' order by metrics.m1 desc",
    "lineage": "from:datasets/customers@^2 and metrics.m4 > 0.5 order by metrics.m1 desc",
    "like": "params.p9 ilike '%7%' and name like 'run-1%' order by name",
    "time": "created > -7d and status = 'failed' and duration > 1m order by duration desc",
    "many": (
        "tag:best and params.p4 in (1, 2, 3) and metrics.m5 between 0.2 and 0.4 and parent is null"
        " order by metrics.m5, metrics.m6 desc"
    ),
}
PAGE = 100

_SCATTER = "((({run}) * 7919 + {which} * 104729) % 10007)"
"""From 0 to 10006, by run and column, in no visible order."""


@dataclass(frozen=True)
class Timing:
    first_ms: float
    median_ms: float
    found: int


def fill(store: Store, runs: int) -> None:
    """Makes the runs by a handful of statements."""
    project = store.projects.ensure("acme", "churn")
    with store.database.writing() as transaction:
        connection = transaction.connection
        if connection.scalar(text("SELECT count(*) FROM runs")):
            return
        _runs(connection, project.id, runs)
        _values(connection)
        _data(connection, project.id)
    with store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if _is_postgres(connection) else "PRAGMA wal_checkpoint(TRUNCATE)")


def _runs(connection: Connection, project: int, runs: int) -> None:
    started = _moment(connection, "({n} * 30)")
    ended = _moment(connection, f"({{n}} * 30 - {_SCATTER.format(run='{n}', which=0)} % 300)")
    connection.execute(
        text(
            f"""
            INSERT INTO runs
                (project_id, uuid, name, description, status, message, meta, created_at, started_at, finished_at)
            SELECT :project, 'r' || n, 'run-' || n, '',
                   CASE n % 20 WHEN 0 THEN 'failed' ELSE 'succeeded' END, '', '{{}}',
                   {started.format(n="n")}, {started.format(n="n")}, {ended.format(n="n")}
            FROM {_numbers(connection, runs)} ORDER BY n DESC
            """
        ),
        {"project": project},
    )
    connection.execute(text("INSERT INTO run_tags (run_id, name) SELECT id, 'best' FROM runs WHERE id % 10 = 3"))


def _values(connection: Connection) -> None:
    columns = _numbers(connection, 10)
    scattered = _SCATTER.format(run="runs.id", which="n")
    false = "false" if _is_postgres(connection) else "0"
    connection.execute(
        text(
            f"""
            INSERT INTO params (run_id, io, name, kind, number, is_nan, text, short)
            SELECT id, 'input', 'p' || n, 'integer', value, {false}, CAST(value AS TEXT), CAST(value AS TEXT)
            FROM (SELECT runs.id, n, ({scattered} / 3 + CASE n WHEN 2 THEN 0 ELSE n END) % 10 AS value
                  FROM runs, {columns}) AS made ORDER BY id
            """
        )
    )
    connection.execute(
        text(
            f"""
            INSERT INTO series (run_id, name, count, first, last, min, max, last_step)
            SELECT id, 'm' || n, 1, value, value, value, value, 1
            FROM (SELECT runs.id, n, {scattered} / 10007.0 AS value FROM runs, {columns}) AS made ORDER BY id
            """
        )
    )


def _data(connection: Connection, project: int) -> None:
    """Versions 1.0.0 to 3.0.0 of a data set; every tenth run used one of them."""
    now = {"now": datetime.now(UTC).replace(tzinfo=None), "project": project}
    connection.execute(
        text(
            "INSERT INTO collections (id, project_id, kind, name, title, description, created_at)"
            " VALUES (1, :project, 'datasets', 'customers', '', '', :now)"
        ),
        now,
    )
    connection.execute(
        text(
            f"""
            INSERT INTO versions
                (id, collection_id, number, major, minor, patch, pre_key, content, size, summary, notes, created_at)
            SELECT n, 1, n || '.0.0', n, 0, 0, '~', 'content ' || n, 1, '{{}}', '', :now
            FROM {_numbers(connection, 3)}
            """
        ),
        now,
    )
    connection.execute(
        text(
            "INSERT INTO edges (project_id, source_kind, source_id, target_kind, target_id, relation, created_at)"
            " SELECT :project, 'version', 1 + id % 3, 'run', id, 'used', :now FROM runs WHERE id % 10 = 1"
        ),
        now,
    )


def _is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _numbers(connection: Connection, last: int) -> str:
    if _is_postgres(connection):
        return f"generate_series(1, {last}) AS n"
    counted = f"count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < {last})"
    return f"(WITH RECURSIVE {counted} SELECT n FROM count)"


def _moment(connection: Connection, seconds_ago: str) -> str:
    if _is_postgres(connection):
        return f"now() - {seconds_ago} * interval '1 second'"
    return f"strftime('%Y-%m-%d %H:%M:%f000', julianday('now') - {seconds_ago} / 86400.0)"


def timed(work: Callable[[], int], rounds: int) -> Timing:
    taken: list[float] = []
    found = 0
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        found = work()
        taken.append((time.perf_counter() - begun) * 1000)
    return Timing(taken[0], statistics.median(taken[1:]), found)


def measure(store: Store, rounds: int) -> None:
    def count() -> int:
        with store.database.reading() as connection:
            return connection.scalar(text("SELECT count(*) FROM series")) or 0

    print(f"{'query':16} {'first ms':>9} {'median ms':>10} {'found':>6} {'reference ms':>13}")
    for name, query in QUERIES.items():
        timing = timed(lambda query=query: len(store.search.page(query, limit=PAGE).items), rounds)
        _print(name, timing, timed(count, 1))
    for name in ("plain", "not"):
        place = _far(store, QUERIES[name], pages=20)
        timing = timed(
            lambda name=name, place=place: len(store.search.page(QUERIES[name], limit=PAGE, after=place).items), rounds
        )
        _print(f"{name}, page 21", timing, timed(count, 1))


def _far(store: Store, query: str, *, pages: int) -> str | None:
    after = None
    for _ in range(pages):
        after = store.search.page(query, kind=Kind.RUNS, limit=PAGE, after=after).after
    return after


def _print(name: str, timing: Timing, reference: Timing) -> None:
    print(
        f"{name:16} {timing.first_ms:9.1f} {timing.median_ms:10.1f} {timing.found:6} {reference.median_ms:13.1f}",
        flush=True,
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--home", type=Path, help="keep the store here; default: a folder that goes again")
    parser.add_argument("--postgres", metavar="URL", help="an empty database, or one that this made before")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        with open_store(options.postgres, blobs=str(home / "blobs"), home=None if options.postgres else home) as store:
            begun = time.perf_counter()
            fill(store, options.runs)
            print(f"{options.runs} runs at {store.database.where}, made in {time.perf_counter() - begun:.1f} s\n")
            measure(store, options.rounds)


if __name__ == "__main__":
    main()
