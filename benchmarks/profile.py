"""What it takes to look into a table that is larger than memory should be: its profile, preview and checks.

    python benchmarks/profile.py [--size 1000] [--form csv] [--form parquet]

Makes a table of `--size` MB as CSV and as Parquet (eight columns: whole numbers, fractions, words, times, free text,
some of it missing), and looks into each in a process of its own, as `log_dataset` does. Prints the peak of its
resident memory and its time, beside what `wc -l` takes for the same file; it reads it once and keeps nothing.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from vitrina.store.checks.check import Check, between, condition, not_null, unique
from vitrina.store.tabular.examining import Task, examine_apart
from vitrina.store.tabular.parts import part_of

MB = 1_000_000
LIMIT_MB = 300
POLL_S = 0.05
HEAD = "id,placed,plan,city,bill,tenure,score,note\n"
WORDS = ("late", "paid", "called twice", "moved", "asked for a refund and never heard back", "")
CHECKS: tuple[Check, ...] = (not_null("id", "plan"), unique("id"), between("tenure", 0, 90), condition("bill > -500"))


@dataclass(frozen=True)
class Cost:
    seconds: float
    peak_mb: float


def make_csv(path: Path, *, size_mb: int) -> None:
    """Lines of a fixed seed: no two have the same id, a twentieth has no score."""
    chance = random.Random(7)
    block = [_line(chance) for _ in range(50_000)]
    number = 0
    with path.open("w") as file:
        file.write(HEAD)
        while file.tell() < size_mb * MB:
            file.writelines(f"{number + place},{line}" for place, line in enumerate(block))
            number += len(block)


def _line(chance: random.Random) -> str:
    score = "" if chance.random() < 0.05 else f"{chance.random():.6f}"
    placed = f"2026-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d} {chance.randint(0, 23):02d}:00:00"
    plan, city = chance.choice(("basic", "pro", "team")), f"city {chance.randint(1, 20_000)}"
    note = f"{chance.choice(WORDS)} {chance.randrange(10**12)}"
    return f"{placed},{plan},{city},{chance.gauss(50, 20):.4f},{chance.randint(0, 90)},{score},{note}\n"


def make_parquet(path: Path, *, size_mb: int) -> None:
    """The same columns with notes that do not repeat, so that the file, too, has its size."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    made, rows = np.random.default_rng(7), 200_000
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz "))
    first, writer = 0, None
    while writer is None or path.stat().st_size < size_mb * MB:
        notes = made.choice(letters, (rows, 40)).view("U40").ravel()
        table = pa.table(
            {
                "id": np.arange(first, first + rows),
                "placed": (np.datetime64("2026-01-01") + made.integers(0, 365, rows)).astype("datetime64[us]"),
                "plan": made.choice(["basic", "pro", "team"], rows),
                "city": np.char.add("city ", made.integers(1, 20_000, rows).astype("U")),
                "bill": made.normal(50, 20, rows),
                "tenure": made.integers(0, 91, rows),
                "score": pa.array(made.random(rows), mask=made.random(rows) < 0.05),
                "note": notes,
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
        first += rows
    writer.close()


def look(path: Path, spill: Path) -> str:
    """One look into a file, and what was seen."""
    part = part_of([path])
    assert part is not None
    found = examine_apart(Task((part,), CHECKS), spill=spill)
    passed = sum(result.is_passed for result in found.results)
    return (
        f"{found.profile['rows']:,} rows, {len(found.columns)} columns, {passed} of {len(found.results)} checks passed"
    )


def cost_of(command: list[str]) -> tuple[Cost, str]:
    """The time of a program, and the greatest resident memory that any process of it had alone."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        peak = 0.0
        while child.poll() is None:
            peak = max(peak, *(_resident_mb(pid) for pid in _family(child.pid)))
            time.sleep(POLL_S)
        assert child.stdout is not None
        return Cost(time.perf_counter() - started, peak), child.stdout.read().strip()


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in _family(int(child)))]


def _resident_mb(pid: int) -> float:
    """The peak that the kernel has noted for a process (VmHWM)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM")), 0.0)


MAKERS: dict[str, Callable[..., None]] = {"csv": make_csv, "parquet": make_parquet}


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--size", type=int, default=1000, help="MB of each file")
    given.add_argument("--form", action="append", choices=sorted(MAKERS), help="only this form")
    given.add_argument("--look", type=Path, help=argparse.SUPPRESS)
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.look is not None:
            print(look(asked.look, Path(folder)))
            return
        for form in asked.form or MAKERS:
            path = Path(folder) / f"table.{form}"
            MAKERS[form](path, size_mb=asked.size)
            plain, _ = cost_of(["wc", "-l", str(path)])
            ours, said = cost_of([sys.executable, __file__, "--look", str(path)])
            verdict = "within" if ours.peak_mb <= LIMIT_MB else "OVER"
            print(f"{form}, {path.stat().st_size / MB:,.0f} MB: {said}")
            print(f"  profile {ours.seconds:6.1f} s, peak {ours.peak_mb:4.0f} MB ({verdict} {LIMIT_MB} MB)")
            print(f"  wc -l   {plain.seconds:6.1f} s, peak {plain.peak_mb:4.0f} MB")


if __name__ == "__main__":
    main()
