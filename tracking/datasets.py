"""Calls that log data: what a run was fed, or what it made for others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrina.store import kinds
from vitrina.store.errors import InvalidError
from vitrina.store.refs import Noun
from vitrina.tracking.artifacts import digest_of, make_reference
from vitrina.tracking.layouts import FILES, TABLE, columns_of, write_table
from vitrina.tracking.moments import Step, checked_step
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.registering import Contents, files_of, known, make_version, name_from, numbering
from vitrina.tracking.versions import VersionHandle


def log_dataset(
    run: Recorder,
    name: str,
    data: Any,
    *,
    version: str | None = None,
    bump: str | None = None,
    is_input: bool = True,
    description: str = "",
    source: str | None = None,
    units: Mapping[str, str] | None = None,
    summary: Mapping[str, Any] | None = None,
    step: Step = None,
) -> VersionHandle:
    """Keeps data as a version of `datasets/NAME`, and gives the version.

        log_dataset("customers", frame, bump="minor")

    `data` is a table (pandas, Polars, Arrow, rows, columns), kept as Parquet with its schema and a profile of its
    columns, or the path of files, kept as they are. The same content gives the version that exists; a changed schema
    asks for a minor. `is_input` says which way the data went: into the run (an edge to it) or out of it (an edge from
    it). `source` and `units` of columns are kept with it.
    """
    wanted = numbering(version, bump)
    said = known({"source": source, "step": checked_step(step), **(summary or {})})

    def fill(folder: Path) -> Contents:
        if _is_table(data):
            return _table(data, folder, units=units, said=said)
        return Contents(files_of(Path(data)), FILES, None, said)

    return make_version(run, Noun.DATASET, name, fill, number=wanted, notes=description, is_input=is_input)


def log_data_ref(
    run: Recorder,
    name: str,
    hash: str | None = None,  # noqa: A002 - Polyaxon's name
    path: str | Path | None = None,
    content: Any = None,
    summary: Mapping[str, Any] | None = None,
    is_input: bool = True,
) -> VersionHandle:
    """Keeps which data the run used (or, with `is_input=False`, made): a version of `datasets/NAME`.

    `content` that is a table is kept as `log_dataset` keeps it. Else the version says where the data lies (`path`) and
    by what digest it is known again (`hash`; None works the SHA-256 out where the path can be read here).
    """
    called = name_from(name)
    if content is not None and _is_table(content):
        return log_dataset(run, called, content, is_input=is_input, summary=summary)
    digest = hash or (digest_of(path) if path is not None else None)
    facts = {"path": str(path) if path is not None else None, "hash": digest, "content": content}
    if all(fact is None for fact in facts.values()):
        raise InvalidError(f"Nothing says which data {name!r} is.", hint="Give path=, hash= or content=.")
    return make_reference(run, Noun.DATASET, called, facts, summary=summary, is_input=is_input)


def _is_table(data: object) -> bool:
    """Whether data is kept as a table: a text or path is one only if it names a Parquet file."""
    return not isinstance(data, str | Path) or Path(data).suffix.lower() == ".parquet"


def _table(data: Any, folder: Path, *, units: Mapping[str, str] | None, said: Mapping[str, Any]) -> Contents:
    value = Path(data) if isinstance(data, str) else data
    taken = kinds.take(value, kind="table", argument="data", units=units)
    assert isinstance(taken.payload, bytes), "a table is written anew, so that equal tables are equal bytes"
    files = write_table(folder, taken.payload)
    return Contents(files, TABLE, {"columns": columns_of(folder)}, {**taken.summary, **said})
