"""Calls that log data: what a run was fed, or what it made for others."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from vitrina.store.checks.check import Check
from vitrina.store.errors import InvalidError
from vitrina.store.refs import Noun
from vitrina.store.tabular.parts import Form, form_of
from vitrina.tracking.artifacts import digest_of
from vitrina.tracking.callers import caller
from vitrina.tracking.layouts import REFERENCE, write_reference
from vitrina.tracking.moments import Step, checked_step
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.registering import Contents, Numbering, VitrinaWarning, known, make_version, name_from, numbering
from vitrina.tracking.taking_data import Laid, checks_for, contents, lay, parts_at
from vitrina.tracking.versions import VersionHandle

Checks = Sequence[Check] | Check | str | Path | None
"""Checks, or the YAML file that declares them; None: the one beside the data, if there is one."""

NAMED = 3
"""Failed checks that a warning tells by name."""


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
    licence: str | None = None,
    units: Mapping[str, str] | None = None,
    splits: str | None = None,
    checks: Checks = None,
    summary: Mapping[str, Any] | None = None,
    step: Step = None,
) -> VersionHandle:
    """Keeps data as a version of `datasets/NAME`, and gives the version.

        log_dataset("customers", frame, bump="minor", licence="CC BY 4.0")
        log_dataset("customers", {"train": one, "test": other}, checks=[checks.unique("id")])

    `data` is a table (pandas, Polars, Arrow, rows, columns), kept as Parquet, or the path of a file or folder, kept as
    it is. Splits are given by name, each a table or a file of one, or by the column `splits` of one table; a row that
    is in two of them is a failed check. Of tables and of CSV, Parquet and JSON lines, however large, the schema, a
    profile of the columns and some rows are kept too. The same content gives the version that exists; a changed schema
    asks for a higher number. `is_input` says which way the data went: into the run (an edge to it) or out of it (an
    edge from it).

    `checks` are asked now, in this process or a child of it, and what they find is kept: one that fails warns
    (VitrinaWarning), and stops promotions of this version and of models trained on it.
    """
    wanted = numbering(version, bump)
    asked = checks_for(data, checks)
    said = known({"source": source, "licence": licence, "step": checked_step(step), **(summary or {})})

    def fill(folder: Path) -> Contents:
        return contents(lay(data, folder, units=units, splits=splits), asked, said=said)

    return _make(run, name, fill, wanted, notes=description, is_input=is_input)


def log_data_ref(
    run: Recorder,
    name: str,
    hash: str | None = None,  # noqa: A002 - Polyaxon's name
    path: str | Path | None = None,
    content: Any = None,
    summary: Mapping[str, Any] | None = None,
    is_input: bool = True,
    *,
    query: str | None = None,
    database: str | None = None,
    huggingface: str | None = None,
    revision: str | None = None,
    description: str = "",
    source: str | None = None,
    licence: str | None = None,
    checks: Checks = None,
) -> VersionHandle:
    """Keeps which data the run used (or, with `is_input=False`, made): a version of `datasets/NAME`.

        log_data_ref("customers", path="s3://lake/customers.parquet", hash=etag)
        log_data_ref("orders", query="SELECT * FROM orders", database="postgresql://db/shop")
        log_data_ref("reviews", huggingface="org/reviews", revision="1f2e3d")

    `content` that is a table is kept as `log_dataset` keeps it. Else the version says where the data lies (`path`,
    which may be an address; a `query` and its `database`; the id of a data set of Hugging Face and its `revision`) and
    by what digest it is known again: `hash`; None takes the SHA-256 of what can be read here, of a query that of its
    text, of Hugging Face the revision. A file or folder that can be read here is looked into as `log_dataset` does;
    nothing is fetched from elsewhere. Passwords in addresses are left out.
    """
    called = name_from(name)
    if content is not None and _is_table(content):
        return log_dataset(
            run,
            called,
            content,
            is_input=is_input,
            summary=summary,
            description=description,
            source=source,
            licence=licence,
            checks=checks,
        )
    place = _without_secrets(str(path)) if path is not None else None
    base = _without_secrets(database) if database is not None else None
    facts = known(
        {"path": place, "query": query, "database": base, "huggingface": huggingface, "revision": revision}
        | {"content": content, "hash": hash or _digest(path, query=query, database=base, revision=revision)}
    )
    if not facts:
        hint = "Give path=, hash= or content=; or query= or huggingface=."
        raise InvalidError(f"Nothing says which data {name!r} is.", hint=hint)
    asked = checks_for(path, checks) if path is not None else checks_for(None, checks)
    said = facts | known({"source": source, "licence": licence, **(summary or {})})

    def fill(folder: Path) -> Contents:
        parts = parts_at(Path(path)) if path is not None else ()
        return contents(Laid(write_reference(folder, facts), REFERENCE, parts, [path]), asked, said=said)

    return _make(run, called, fill, numbering(None, None), notes=description, is_input=is_input)


def _is_table(content: object) -> bool:
    """Whether content is kept as a table: a text or path is one only if it names a Parquet file."""
    return not isinstance(content, str | Path) or form_of(Path(content)) is Form.PARQUET


def _make(
    run: Recorder, name: str, fill: Callable[[Path], Contents], number: Numbering, *, notes: str, is_input: bool
) -> VersionHandle:
    found: list[Contents] = []

    def noting(folder: Path) -> Contents:
        found.append(fill(folder))
        return found[-1]

    made = make_version(run, Noun.DATASET, name, noting, number=number, notes=notes, is_input=is_input)
    for one in found:
        _warn_of_failed(made, one)
    return made


def _warn_of_failed(made: VersionHandle, found: Contents) -> None:
    failed = [result for result in found.checks if not result.is_passed]
    if failed:
        told = " ".join(f"{result.title}: {result.said}" for result in failed[:NAMED])
        rest = f" And {len(failed) - NAMED} more." if len(failed) > NAMED else ""
        message = f"{len(failed)} of {len(found.checks)} checks of {made.ref} failed. {told}{rest}"
        warnings.warn(message, VitrinaWarning, stacklevel=caller())


def _digest(path: str | Path | None, *, query: str | None, database: str | None, revision: str | None) -> str | None:
    if query is not None:
        return hashlib.sha256(f"{database or ''}\n{query}".encode()).hexdigest()
    return revision or (digest_of(path) if path is not None else None)


def _without_secrets(address: str) -> str:
    """An address without user, password and what signs it; a path as it is."""
    if "://" not in address:
        return address
    parts = urlsplit(address)
    is_signed = any(word in parts.query.lower() for word in ("signature=", "token=", "key=", "sig=", "password="))
    return urlunsplit(
        (parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "" if is_signed else parts.query, parts.fragment)
    )
