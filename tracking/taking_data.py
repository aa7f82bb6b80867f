"""What is logged as a dataset, as files: tables of any library, files, folders, splits of them; and what is in them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, cast

from vitrina.store import kinds
from vitrina.store.checks.check import Check, CheckError, Outcome, Result
from vitrina.store.checks.declared import beside, read
from vitrina.store.checks.functions import ask_function
from vitrina.store.errors import InvalidError, MissingExtraError
from vitrina.store.frames import arrow
from vitrina.store.names import NAME
from vitrina.store.tabular.database import UnreadableError
from vitrina.store.tabular.examining import Examined, Task, examine, examine_apart, spill_folder
from vitrina.store.tabular.parts import WHOLE, Form, Part, form_of, parts_in
from vitrina.tracking.callers import caller
from vitrina.tracking.layouts import FILES, SPLITS, TABLE, TABLE_FILE, columns_of, write_table
from vitrina.tracking.registering import Contents, VitrinaWarning, files_of, known

Units = Mapping[str, str] | None


@dataclass(frozen=True)
class Laid:
    """Data as files of a version."""

    files: Sequence[tuple[str, Path]]
    """(relative path, file)."""

    flavour: str
    parts: tuple[Part, ...]
    """Where its rows lie; empty: it is no table."""

    pieces: Sequence[Any]
    """What functions are asked about: the data as it was given, of splits each."""

    profile: Mapping[str, Any] | None = None
    """Where it was found on the way."""

    columns: Sequence[Mapping[str, Any]] | None = None
    summary: Mapping[str, Any] = field(default_factory=dict[str, Any])


def checks_for(data: object, declared: object) -> list[Check]:
    """The checks that are asked for: given as they are, or as the path of a YAML file; None: those of the file that
    lies beside the data, if there is one. Raises CheckError."""
    match declared:
        case None:
            file = beside(Path(data)) if isinstance(data, str | Path) else None
            return read(file) if file is not None else []
        case Check():
            return [declared]
        case str() | Path():
            return read(Path(declared))
        case list() | tuple():
            checks = list(cast("Sequence[object]", declared))
            if all(isinstance(one, Check) for one in checks):
                return cast("list[Check]", checks)
        case _:
            pass
    raise CheckError(
        "`checks` are no checks.", hint="Give a list of them (vitrina.tracking.checks), or the path of a YAML file."
    )


def lay(data: Any, folder: Path, *, units: Units, splits: str | None) -> Laid:
    """Data as files: tables are written into the folder, files stay where they are. Raises KindError, NotFoundError,
    InvalidError."""
    if splits is not None:
        data = _by_column(data, splits)
    if _is_split(data):
        return _splits(cast("Mapping[str, Any]", data), folder, units)
    if not isinstance(data, str | Path):
        return _table(data, folder, units)
    path = Path(data)
    if form_of(path) is Form.PARQUET and path.is_file():
        if units:
            return _table(path, folder, units)
        part = Part(WHOLE, (str(path),), Form.PARQUET)
        return Laid([(TABLE_FILE, path)], TABLE, (part,), [data])
    files = files_of(path)
    return Laid(files, FILES, parts_in(files), [data])


def parts_at(path: Path) -> tuple[Part, ...]:
    """Where the rows of a file or folder lie; empty: it is no table, or cannot be read here."""
    return parts_in(files_of(path)) if path.exists() else ()


def contents(laid: Laid, checks: Sequence[Check], *, said: Mapping[str, Any]) -> Contents:
    """The version that data becomes, with what is found in it: schema, profile, preview, results of checks."""
    found, unread = _examined(laid, [check for check in checks if check.function is None])
    results = list(found.results) if found is not None else _unasked(checks, unread)
    results += [ask_function(check, laid.pieces) for check in checks if check.function is not None]
    columns = laid.columns or (found.columns if found is not None else None)
    summary = dict(laid.summary) | known({"unread": unread})
    if found is not None:
        profile = laid.profile or found.profile
        summary |= {"rows": profile["rows"], "columns": len(found.columns), "profile": profile}
        summary |= {"preview": found.preview} | ({"splits": found.splits} if found.splits else {})
    signature = {"columns": list(columns)} if columns else None
    return Contents(laid.files, laid.flavour, signature, {**summary, **said}, tuple(results))


def _examined(laid: Laid, checks: Sequence[Check]) -> tuple[Examined | None, str | None]:
    """What is in the rows, and else why nobody knows; files that no memory has held yet are looked into by a child."""
    if not laid.parts:
        return None, "It is no table." if checks else None
    look = examine if laid.profile is not None else examine_apart
    try:
        with spill_folder() as spill:
            return look(Task(laid.parts, tuple(checks), laid.profile is None), spill=Path(spill)), None
    except UnreadableError as error:
        return None, error.message
    except MissingExtraError as error:
        if checks:
            raise
        warnings.warn(f"Nothing was looked into: {error}", VitrinaWarning, stacklevel=caller())
        return None, None


def _unasked(checks: Sequence[Check], unread: str | None) -> list[Result]:
    said = unread or "It is no table."
    return [Result(one.title, one.kind, Outcome.BROKEN, said) for one in checks if one.function is None]


def _table(data: Any, folder: Path, units: Units) -> Laid:
    value = Path(data) if isinstance(data, str) else data
    taken = kinds.take(value, kind="table", argument="data", units=units)
    assert isinstance(taken.payload, bytes), "a table is written anew, so that equal tables are equal bytes"
    files = write_table(folder, taken.payload)
    part = Part(WHOLE, (str(files[0][1]),), Form.PARQUET)
    return Laid(files, TABLE, (part,), [data], taken.summary["profile"], columns_of(folder), taken.summary)


def _splits(data: Mapping[str, Any], folder: Path, units: Units) -> Laid:
    """Each split a Parquet file of its own; tables in files stay in the form that they have."""
    files: list[tuple[str, Path]] = []
    parts: list[Part] = []
    for name, piece in data.items():
        if not NAME.fullmatch(name):
            raise InvalidError(f"{name!r} cannot be the name of a split.", hint="Use a-z, 0-9, _ and -.")
        if isinstance(piece, str | Path):
            path = Path(piece)
            form = form_of(path)
            if form is None or not path.is_file():
                raise InvalidError(f"The split {name!r} is no table: {piece}.", hint="Give a table, or a file of one.")
            kept = f"{name}{''.join(path.suffixes[-2:] if form_of(PurePath(path.stem)) else path.suffixes[-1:])}"
        else:
            made = folder / name
            made.mkdir()
            path, kept, form = _table(piece, made, units).files[0][1], f"{name}.parquet", Form.PARQUET
        files.append((kept, path))
        parts.append(Part(name, (str(path),), form))
    return Laid(files, SPLITS, tuple(parts), list(data.values()))


def _is_split(data: object) -> bool:
    """Whether data is splits by name: a mapping of tables or paths. A mapping of lists is one table."""
    if not isinstance(data, Mapping) or not data:
        return False
    values = cast("Mapping[object, object]", data).values()
    return all(isinstance(value, str | Path) or hasattr(value, "columns") or _is_arrow(value) for value in values)


def _is_arrow(value: object) -> bool:
    return hasattr(value, "column_names")


def _by_column(data: Any, column: str) -> Mapping[str, Any]:
    """A table as splits, by the value of a column, in the order in which they come."""
    if isinstance(data, str | Path) or _is_split(data):
        raise InvalidError(
            "`splits` names a column of one table.", hint='For files write {"train": "a.csv", "test": "b.csv"}.'
        )
    table = arrow(data)
    if column not in table.column_names:
        raise InvalidError(f"There is no column {column!r} to split by.", hint=f"There are {table.column_names}.")
    values = table.column(column).to_pylist()
    names = list(dict.fromkeys(values))
    return {str(name).lower(): table.filter([value == name for value in values]) for name in names}
