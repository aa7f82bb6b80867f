"""What it costs to resolve a range among many versions, and to log one more.

    python benchmarks/versions.py [--versions 10000] [--rounds 200] [--url postgresql+psycopg://…]

A collection gets that many versions (rows without files, which nobody reads here): releases in many majors and minors,
every tenth a pre-release. Selectors are resolved in turn, round after round; the median of the rounds counts. The
reference of the same run is what the same process pays for a bare question to the same database: a transaction with one
SELECT by primary key through SQLAlchemy. `@^1.2` may take at most 1 ms.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import insert, text

from vitrina.store.opening import Store, open_store
from vitrina.store.records import Collection
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.schema.registry import VersionRow
from vitrina.store.versions import place_of

SELECTORS = ("^1.2", "~1.2.3", ">=1.2 <3 || ^7", ">=2.0.9-rc.1 <2.0.9", "1.2.3", None, "latest")
LIMIT_MS = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--versions", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--url", help="an empty database; by default SQLite in a new folder")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vitrina-versions-") as folder:
        home = Path(folder)
        with open_store(asked.url, blobs=str(home / "blobs"), home=home) as store:
            collection = _fill(store, home, asked.versions)
            _measure(store, collection, rounds=asked.rounds)


def _fill(store: Store, folder: Path, count: int) -> Collection:
    """1.0.0 … 10.x: a hundred patches a minor, every tenth number a release candidate."""
    (folder / "weights").write_text("0")
    project = store.projects.ensure("acme", "versions")
    draft = Draft([("weights", folder / "weights")])
    first = store.registry.log(project, Noun.MODEL, "m", draft, version="0.0.1").version
    per_major = max(1, count // 10)
    with store.database.writing() as transaction:
        rows: list[dict[str, object]] = []
        for place in range(count - 1):
            rest = place % per_major
            number = f"{1 + place // per_major}.{rest // 100}.{rest % 100}" + ("-rc.1" if place % 10 == 9 else "")
            major, minor, patch, key = place_of(number)
            parts = {"number": number, "major": major, "minor": minor, "patch": patch, "pre_key": key}
            rows.append({"content": f"{place:064}", "size": 0, "summary": dict[str, object](), **parts})
        shared = {"collection_id": first.collection.id, "created_at": transaction.now}
        transaction.connection.execute(insert(VersionRow), [row | shared for row in rows])
    with store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    return first.collection


def _measure(store: Store, collection: Collection, *, rounds: int) -> None:
    def reference() -> None:
        with store.database.reading() as connection:
            connection.execute(text("SELECT number FROM versions WHERE id = 1")).one()

    took: dict[str, list[float]] = {f"@{selector}" if selector else "newest": [] for selector in SELECTORS}
    bare: list[float] = []
    for _ in range(rounds):
        bare.append(_timed(reference))
        for selector, times in zip(SELECTORS, took.values(), strict=True):
            times.append(_timed(lambda wanted=selector: store.registry.resolve(collection, wanted)))
    print(f"{store.database.engine.dialect.name}; median of {rounds} rounds (slowest twentieth)")
    print(f"{'one bare SELECT':24}{statistics.median(bare):8.3f} ms")
    for name, times in took.items():
        slow = statistics.quantiles(times, n=20)[-1]
        print(f"{name:24}{statistics.median(times):8.3f} ms   ({slow:.3f})")
    middle = statistics.median(took["@^1.2"])
    verdict = "reached" if middle <= LIMIT_MS else "MISSED"
    print(f"@^1.2 takes {middle:.3f} ms of the {LIMIT_MS:g} ms that it may take: {verdict}")


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
