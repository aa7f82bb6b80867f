"""What a row of an imported file has to be before it is believed.

Types follow from the columns. What the rest of the code takes for granted of a value (a path stays in its folder, a
name is a name, a state is one of ours) is asked again in `VALUES`, by the functions that ask it of people. What follows
from other values is not read at all: the sortable parts of a version's number, and the label of an app's origin.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, select
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from vitrina.store.care.archive import BadExportError, NewerExportError, Reader
from vitrina.store.care.scope import PROJECTS, Part
from vitrina.store.content import checked_path
from vitrina.store.errors import VitrinaError
from vitrina.store.labels import origin_label
from vitrina.store.names import name_of, owner_name
from vitrina.store.precedence import columns
from vitrina.store.records import ParamKind, Status
from vitrina.store.refs import COLLECTIONS
from vitrina.store.runs import Io
from vitrina.store.schema.apps import AppRow
from vitrina.store.schema.columns import UtcDateTime
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.registry import CollectionRow, VersionRow
from vitrina.store.versions import Stage, alias_name, parse_version

FIXED = {"versions": "content", "app_revisions": "bundle", "report_revisions": "digest", "snapshots": "content"}
"""Of what never changes: the column that says what it is."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_INFINITE = {"inf": math.inf, "-inf": -math.inf}
_LARGEST = 2**63

Check = Callable[[Any], object]


def _matching(pattern: re.Pattern[str]) -> Check:
    def check(value: str) -> None:
        if not pattern.fullmatch(value):
            raise ValueError(value)

    return check


VALUES: Mapping[tuple[str, str], Check] = {
    ("collections", "kind"): {noun.value: noun for noun in COLLECTIONS}.__getitem__,
    ("collections", "name"): lambda name: name_of("a collection", name),
    ("apps", "name"): lambda name: name_of("an app", name),
    ("reports", "name"): lambda name: name and name_of("a report", name),
    ("aliases", "name"): alias_name,
    ("runs", "uuid"): _matching(_ID),
    ("runs", "status"): Status,
    ("run_statuses", "status"): Status,
    ("params", "io"): Io,
    ("params", "kind"): ParamKind,
    ("versions", "number"): parse_version,
    ("versions", "stage"): Stage,
    ("version_files", "path"): checked_path,
}
"""By table and column; null is asked nothing."""


def project_name(reader: Reader) -> tuple[str, str]:
    """Owner and name of the project that a file holds."""
    owner, _, name = str(reader.about.get("project")).partition("/")
    try:
        return owner_name(owner), name_of("a project", name)
    except VitrinaError as error:
        raise BadExportError(reader.file, error.message) from error


def decoded(part: Part, row: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """The values of a row, as Python has them; keys are still those of the file, makers still names."""
    if unknown := sorted(set(row) - set(part.table.c.keys())):
        raise NewerExportError(file, f"rows of {part.name} have {unknown[0]!r}")
    found = dict[str, Any]()
    for column in part.table.columns:
        name = column.name
        value = row.get(name)
        try:
            found[name] = _value(column, value, is_maker=name in part.makers)
            if value is not None and (check := VALUES.get((part.name, name))):
                check(value)
        except (ValueError, TypeError, KeyError, VitrinaError) as error:
            raise BadExportError(file, f"{part.name}.{name} is {value!r}") from error
    return found


def judge(
    connection: Connection, table: str, rows: Sequence[dict[str, Any]], *, digests: Mapping[int, str], file: Path
) -> None:
    """Looks at new rows beside others, and puts right what follows from them; keys are those of this store."""
    for row in rows:
        match table:
            case "versions":
                parts = columns(parse_version(row["number"]))
                row |= {"major": parts.major, "minor": parts.minor, "patch": parts.patch, "pre_key": parts.pre_key}
                if row["stage"] == Stage.PRODUCTION.value and _has_production(connection, row["collection_id"]):
                    row["stage"] = None
            case "app_revisions":
                row["label"] = _label(connection, row)
                _same(row["bundle"], digests[row["blob_id"]], "an app's bundle", file)
            case "snapshots":
                _same(row["content"], digests[row["blob_id"]], "a snapshot", file)
            case _:
                pass


def fingerprint(row: Mapping[str, Any] | RowMapping, compared: Sequence[Column[Any]]) -> str:
    """All that a row holds, alike on both databases and in the file."""
    return json.dumps([_alike(row[column.name]) for column in compared], sort_keys=True, default=str)


def _alike(value: Any) -> Any:
    match value:
        case datetime():
            return value.timestamp()
        case bool() | int() | float():
            return float(value)
        case _:
            return value


def _same(said: str, found: str, what: str, file: Path) -> None:
    if said != found:
        raise BadExportError(file, f"{what} is not the blob that it names")


def _has_production(connection: Connection, collection_id: int) -> bool:
    stage = VersionRow.stage == Stage.PRODUCTION.value
    there = select(VersionRow.id).where(VersionRow.collection_id == collection_id, stage)
    return connection.scalar(there.limit(1)) is not None


def _label(connection: Connection, row: Mapping[str, Any]) -> str:
    named = (
        select(OwnerRow.name, ProjectRow.name, CollectionRow.kind, CollectionRow.name, VersionRow.number, AppRow.name)
        .join(ProjectRow, ProjectRow.owner_id == OwnerRow.id)
        .join(CollectionRow, CollectionRow.project_id == ProjectRow.id)
        .join(VersionRow, VersionRow.collection_id == CollectionRow.id)
        .join(AppRow, AppRow.version_id == VersionRow.id)
        .where(AppRow.id == row["app_id"])
    )
    owner, project, kind, collection, number, app = connection.execute(named).one()
    ref = f"{owner}/{project}/{kind}/{collection}@{number}/apps/{app}"
    return origin_label(app, number, ref=ref, revision=row["number"])


def _value(column: Column[Any], value: Any, *, is_maker: bool) -> Any:
    """Raises ValueError, TypeError or KeyError for what is no value of the column."""
    if value is None:
        return _missing(column)
    if is_maker:
        return name_of("a user", _exactly(value, str))
    if isinstance(column.type, UtcDateTime):
        return _moment(value)
    kind = column.type.python_type
    if kind is date:
        return date.fromisoformat(value)
    if kind is float:
        return _INFINITE[value] if isinstance(value, str) else float(_exactly(value, int, float))
    if kind is int:
        if not -_LARGEST <= _exactly(value, int) < _LARGEST:
            raise ValueError(value)
        return value
    return _exactly(value, kind) if kind in {str, bool} else value


def _missing(column: Column[Any]) -> Any:
    """A file of an older release lacks columns that came since."""
    if column.nullable or column.table is PROJECTS:
        return None
    if not isinstance(column.default, ScalarElementColumnDefault):
        raise ValueError(column.name)
    return column.default.arg


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment


def _exactly(value: Any, *kinds: type) -> Any:
    if type(value) not in kinds:
        raise TypeError(value)
    return value
