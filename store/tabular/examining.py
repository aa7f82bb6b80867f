"""Everything that is to be known of data when it is logged, found in one go; of large files in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vitrina.store.checks import asking
from vitrina.store.checks.check import Check, Result, check_of, result_of
from vitrina.store.errors import MissingExtraError
from vitrina.store.tabular.database import TableColumn, UnreadableError, open_part, reading
from vitrina.store.tabular.parts import WHOLE, Form, Part, names_of
from vitrina.store.tabular.previewing import preview_of
from vitrina.store.tabular.profiling import profile_of
from vitrina.store.tabular.together import together


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be found out."""

    parts: tuple[Part, ...]
    checks: tuple[Check, ...] = ()
    with_profile: bool = True


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found."""

    columns: Sequence[Mapping[str, Any]]
    """As `vitrina.store.profile.schema` gives them; of splits those of the first."""

    profile: Mapping[str, Any]
    """Of all parts together; empty where it was not asked for."""

    preview: Mapping[str, Any]
    splits: Mapping[str, int]
    """Rows of each split; empty of data without."""

    results: Sequence[Result]


def examine(task: Task, *, spill: Path) -> Examined:
    """Looks into files, in this process, within a limit of memory; `spill` is an empty folder for what is more.

    Raises UnreadableError, and MissingExtraError where DuckDB is not installed.
    """
    with reading(task.parts, spill=spill) as connection:
        tables = {part.name: f"part{place}" for place, part in enumerate(task.parts)}
        columns = {part.name: open_part(connection, part, named=tables[part.name], spill=spill) for part in task.parts}
        first = task.parts[0].name
        whole = together(connection, tables, columns, named="whole")
        rows = {name: _count(connection, table) for name, table in tables.items()}
        nulls = _nulls(connection, whole, columns[first])
        results = asking.ask(connection, whole, columns[first], task.checks)
        if names_of(task.parts):
            results += asking.leaks(connection, tables, columns)
        return Examined(
            columns=[_described(column, nulls) for column in columns[first]],
            profile=profile_of(connection, whole, columns[first]) if task.with_profile else {},
            preview=preview_of(connection, whole, columns[first], sum(rows.values())),
            splits={name: count for name, count in rows.items() if name != WHOLE},
            results=results,
        )


def examine_apart(task: Task, *, spill: Path) -> Examined:
    """As `examine`, in a child: what a large file takes is not taken from a training script, and given back after."""
    request = {
        "parts": [{**asdict(part), "form": part.form.name} for part in task.parts],
        "checks": [check.as_dict() for check in task.checks],
        "with_profile": task.with_profile,
        "spill": str(spill),
    }
    # -P: the folder that the script runs in is no place to find modules
    done = subprocess.run(
        [sys.executable, "-P", "-m", "vitrina.store.tabular.child"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        ended = done.stderr.strip().rpartition("\n")[2] or f"it ended with {done.returncode}"
        raise UnreadableError(f"Looking into {task.parts[0].files[0]} failed: {ended}.") from error
    if "missing" in answer:
        raise MissingExtraError(answer["missing"], extra="frames", purpose="Looking into a file")
    if "error" in answer:
        raise UnreadableError(answer["error"])
    return Examined(
        columns=answer["columns"],
        profile=answer["profile"],
        preview=answer["preview"],
        splits=answer["splits"],
        results=[result_of(one) for one in answer["results"]],
    )


def answer(text: str) -> str:
    """What the child says to a request."""
    request = json.loads(text)
    parts = tuple(Part(one["name"], tuple(one["files"]), Form[one["form"]]) for one in request["parts"])
    task = Task(parts, tuple(check_of(one) for one in request["checks"]), request["with_profile"])
    try:
        found = examine(task, spill=Path(request["spill"]))
    except UnreadableError as error:
        return json.dumps({"error": error.message})
    except MissingExtraError as error:
        return json.dumps({"missing": error.library})
    told = {name: getattr(found, name) for name in ("columns", "profile", "preview", "splits")}
    return json.dumps({**told, "results": [result.as_dict() for result in found.results]})


def spill_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for what does not fit into memory, where temporary files lie."""
    return tempfile.TemporaryDirectory(prefix="vitrina-", ignore_cleanup_errors=True)


def _count(connection: Any, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _nulls(connection: Any, table: str, columns: Sequence[TableColumn]) -> Mapping[str, bool]:
    asked = ", ".join(f"count(*) > count({column.sql})" for column in columns)
    found = connection.execute(f"SELECT {asked} FROM {table}").fetchone()
    return dict(zip((column.name for column in columns), found, strict=True))


def _described(column: TableColumn, nulls: Mapping[str, bool]) -> dict[str, Any]:
    return {"name": column.name, "type": column.type, "kind": column.kind, "nullable": nulls[column.name]}
