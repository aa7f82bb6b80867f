"""`vitrina model feedback`: what people tried in a version's apps."""

from __future__ import annotations

import json as text
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.versioned import VersionRef, version_of
from vitrina.store.refs import Noun

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from vitrina.store.feedback import FeedbackEntry
    from vitrina.store.opening import Store
    from vitrina.store.records import Version

SHOWN = 20
SHOWN_LETTERS = 60


def feedback(
    ref: VersionRef,
    flag: Annotated[str | None, typer.Option(help="Only entries with this flag.")] = None,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, max=1000, help="How many, the newest first.")] = SHOWN,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write all of them: .csv or .jsonl; - is standard output."),
    ] = None,
    log_dataset: Annotated[
        str | None, typer.Option(metavar="NAME", help="Log all of them as a version of this dataset, without names.")
    ] = None,
    delete: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Delete this entry for good; repeatable.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Delete all entries of the version for good.")] = False,
    json: Json = False,
) -> None:
    """What people tried in a version's apps: list it, write it to a file, make a dataset of it, delete it."""
    with opened() as store:
        version = version_of(store, Noun.MODEL, ref)
        if log_dataset is not None:
            _log(store, version, log_dataset, flag=flag, json=json)
        elif clear or delete:
            _delete(store, version, delete, json=json)
        elif output is not None:
            _write(store, version, output, flag=flag)
        else:
            _list(version, store.feedback.list(version, flag=flag, limit=limit).items, json=json)


def _list(version: Version, entries: Iterable[FeedbackEntry], *, json: bool) -> None:
    from vitrina.hub.feedback import as_json

    if json:
        printing.as_json([as_json(entry, version) for entry in entries])
        return
    rows = [
        (
            entry.uuid,
            printing.ago(entry.at),
            entry.app,
            entry.flag,
            _short(entry.inputs),
            _short(entry.output),
            entry.note,
        )
        for entry in entries
    ]
    printing.table(
        ("ID", "WHEN", "APP", "FLAG", "TRIED", "ANSWER", "NOTE"), rows, empty="There is no feedback on it yet."
    )


def _short(value: object) -> str:
    said = value if isinstance(value, str) else text.dumps(value, ensure_ascii=False)
    return said if len(said) <= SHOWN_LETTERS else f"{said[:SHOWN_LETTERS]}…"


def _write(store: Store, version: Version, output: Path, *, flag: str | None) -> None:
    from vitrina.hub.feedback import comma_separated, json_lines

    write = comma_separated if output.suffix == ".csv" else json_lines
    with _opened(output) as file:
        for line in write(lambda: store.feedback.every(version, flag=flag)):
            file.write(line)


@contextmanager
def _opened(output: Path) -> Generator[TextIO]:
    """The file, which is there as a whole or not at all; or standard output."""
    if str(output) == "-":
        yield sys.stdout
        return
    draft = output.with_name(f".{output.name}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            yield file
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)


def _log(store: Store, version: Version, name: str, *, flag: str | None, json: bool) -> None:
    from vitrina.hub.cli.versioned import told
    from vitrina.hub.feedback import log_dataset

    logged = log_dataset(store, version, name, flag=flag)
    told(logged, json=json, line=f"{logged.ref}: whoever may read its project may read it.")


def _delete(store: Store, version: Version, ids: list[str] | None, *, json: bool) -> None:
    gone = store.feedback.delete(version, ids) if ids else store.feedback.clear(version)
    if json:
        printing.as_json({"ref": version.ref, "deleted": gone})
    else:
        print(f"{gone} of {version.ref} {'is' if gone == 1 else 'are'} deleted.")
