"""Feedback as files and as a dataset: a column for each input and output, as long as there are few enough of them."""

from __future__ import annotations

import csv
import io
import json
import math
import tempfile
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from typing import Any, cast

from vitrina.hub.pages.paths import href
from vitrina.store import kinds
from vitrina.store.errors import InvalidError
from vitrina.store.feedback import FeedbackEntry
from vitrina.store.opening import Store
from vitrina.store.records import Node, NodeKind, Version
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.tracking.layouts import TABLE, columns_of, write_table

GATHERED = "gathered"
"""The relation of a version to the dataset of its feedback."""

MOST_COLUMNS = 200
"""Of inputs, and of outputs; an app that has more of them has them in one column as JSON."""

ABOUT = ("id", "at", "app", "revision", "instance", "flag", "note", "viewer", "visitor")
KEPT_IN_DATASETS = ("at", "app", "revision", "flag", "note")
"""A dataset may be read by whoever may read its project: it does not say who it was."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet begins to calculate."""

NUMBERS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
"""As `vitrina.apps.plain` writes down what JSON has no word for."""

LARGEST_INTEGER = 2**63 - 1

Read = Callable[[], Iterable[FeedbackEntry]]
"""Reads all entries, as often as it is called."""


class NoFeedbackError(InvalidError):
    """There is nothing to make a dataset of."""

    def __init__(self, version: Version) -> None:
        super().__init__(f"{version.ref} has no such feedback.", hint="Its apps record it: served().record(…).")


def as_json(entry: FeedbackEntry, version: Version) -> dict[str, Any]:
    """An entry of a version with all that is known of it."""
    thing = {"ref": version.ref, "kind": "feedback", "url": f"{href(version.ref)}/feedback#e-{entry.uuid}"}
    return {**thing, **_about(entry), "inputs": entry.inputs, "output": entry.output}


def indented(entry: FeedbackEntry) -> str:
    """What was tried and what came of it, for people to read whole."""
    return json.dumps({"inputs": entry.inputs, "output": entry.output}, ensure_ascii=False, indent=2)


def json_lines(read: Read) -> Generator[str]:
    """One entry a line."""
    for entry in read():
        yield json.dumps({**_about(entry), "inputs": entry.inputs, "output": entry.output}, ensure_ascii=False) + "\n"


def comma_separated(read: Read) -> Generator[str]:
    """A table for spreadsheets, in which no cell is a formula. Reads twice: first which columns there are."""
    columns = columns_in(read())
    yield _line([*ABOUT, *columns])
    for entry in read():
        about, values = _about(entry), flat(entry, columns)
        yield _line([*(about[name] for name in ABOUT), *(values.get(column) for column in columns)])


def columns_in(entries: Iterable[FeedbackEntry]) -> list[str]:
    """The columns of inputs and outputs, in the order in which they come first."""
    found: dict[str, dict[str, None]] = {"inputs": {}, "output": {}}
    for entry in entries:
        for side, value in (("inputs", entry.inputs), ("output", entry.output)):
            found[side].update(dict.fromkeys(_names(side, value)))
    return [name for side, names in found.items() for name in (names if len(names) <= MOST_COLUMNS else [side])]


def flat(entry: FeedbackEntry, columns: Sequence[str]) -> dict[str, Any]:
    """The values of an entry by column."""
    given: dict[str, Any] = {}
    for side, value in (("inputs", entry.inputs), ("output", entry.output)):
        if side in columns:
            given[side] = value
        if isinstance(value, dict):
            given |= {f"{side}.{name}": inner for name, inner in cast("dict[str, Any]", value).items()}
    return {column: given.get(column) for column in columns}


def log_dataset(store: Store, version: Version, name: str, *, flag: str | None = None) -> Version:
    """Logs a version's feedback as a version of a dataset of its project, without who it was.

    `flag` None: all of it. The same feedback gives the version that exists. Raises NoFeedbackError, BadNameError.
    """
    table = table_of(lambda: store.feedback.every(version, flag=flag))
    if not table or not next(iter(table.values())):
        raise NoFeedbackError(version)
    with tempfile.TemporaryDirectory(prefix="vitrina-feedback-") as folder:
        taken = kinds.take(table, kind="table", argument="feedback")
        files = write_table(Path(folder), cast("bytes", taken.payload))
        said = {**taken.summary, "source": f"feedback on {version.ref}" + (f" flagged {flag}" if flag else "")}
        draft = Draft(files, TABLE, {"columns": columns_of(Path(folder))}, said)
        project = version.collection.project
        logged = store.registry.log(project, Noun.DATASET, name, draft).version
    ends = Node(NodeKind.VERSION, version.id), Node(NodeKind.VERSION, logged.id)
    store.lineage.add(project.id, *ends, relation=GATHERED)
    return logged


def table_of(read: Read) -> dict[str, list[Any]]:
    """The feedback in columns, each of one type."""
    columns = columns_in(read())
    table: dict[str, list[Any]] = {name: [] for name in (*KEPT_IN_DATASETS, *columns)}
    for entry in read():
        about = {**_about(entry), "at": entry.at}
        for name, value in {**{name: about[name] for name in KEPT_IN_DATASETS}, **flat(entry, columns)}.items():
            table[name].append(value)
    return {name: values if name in KEPT_IN_DATASETS else _of_one_type(values) for name, values in table.items()}


def _about(entry: FeedbackEntry) -> dict[str, Any]:
    return {
        "id": entry.uuid,
        "at": entry.at.isoformat(),
        "app": entry.app,
        "revision": entry.revision,
        "instance": entry.instance,
        "flag": entry.flag,
        "note": entry.note,
        "viewer": entry.viewer,
        "visitor": entry.visitor,
    }


def _names(side: str, value: Any) -> list[str]:
    if isinstance(value, dict) and value:
        return [f"{side}.{name}" for name in cast("dict[str, Any]", value)]
    return [side]


def _of_one_type(values: Sequence[Any]) -> list[Any]:
    """Numbers, truth values or texts; whatever else a column mixes is JSON as text."""
    there = [value for value in values if value is not None]
    if all(isinstance(value, bool) for value in there):
        return list(values)
    if any(_is_number(value) for value in there) and all(_is_number(value) or value in NUMBERS for value in there):
        read = [NUMBERS.get(value, value) if isinstance(value, str) else value for value in values]
        has_floats = any(isinstance(value, float) for value in read)
        return [None if value is None else float(value) if has_floats else value for value in read]
    return [value if value is None or isinstance(value, str) else json.dumps(value) for value in values]


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, float) or (isinstance(value, int) and abs(value) <= LARGEST_INTEGER)


def _line(cells: Sequence[Any]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([_cell(cell) for cell in cells])
    return written.getvalue()


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers."""
    match value:
        case None:
            return ""
        case bool() | dict() | list():
            return json.dumps(value, ensure_ascii=False)
        case str():
            return f"'{value}" if value.startswith(FORMULA) else value
        case _:
            return value
