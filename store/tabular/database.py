"""A DuckDB in memory that can read some files and no others, within a limit of memory, and spills what is more."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrina.store.errors import InvalidError
from vitrina.store.libraries import load
from vitrina.store.tabular.parts import Form, Part

MEMORY = "128MB"
"""What DuckDB may hold; what reads files beside it (buffers of CSV, pages of Parquet) comes on top."""

THREADS = 2
"""Each holds buffers of its own."""

GROUP = 30_000
"""Rows of a row group of what is written: what has to be held of it at a time."""

TYPES = {
    "BOOLEAN": "bool",
    "TINYINT": "int8",
    "SMALLINT": "int16",
    "INTEGER": "int32",
    "BIGINT": "int64",
    "UTINYINT": "uint8",
    "USMALLINT": "uint16",
    "UINTEGER": "uint32",
    "UBIGINT": "uint64",
    "FLOAT": "float",
    "DOUBLE": "double",
    "VARCHAR": "string",
    "BLOB": "binary",
    "DATE": "date32[day]",
    "TIME": "time64[us]",
    "TIMESTAMP_S": "timestamp[s]",
    "TIMESTAMP_MS": "timestamp[ms]",
    "TIMESTAMP": "timestamp[us]",
    "TIMESTAMP_NS": "timestamp[ns]",
    "TIMESTAMP WITH TIME ZONE": "timestamp[us, tz=UTC]",
}
"""DuckDB's types as Arrow calls them, which is how schemas are kept."""

NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
FRACTIONS = frozenset({"FLOAT", "DOUBLE"})


class UnreadableError(InvalidError):
    """Files cannot be read as a table."""


@dataclass(frozen=True, slots=True)
class TableColumn:
    name: str
    duck: str
    """The type as DuckDB calls it."""

    @property
    def sql(self) -> str:
        """The name as SQL has it."""
        return quoted(self.name)

    @property
    def type(self) -> str:
        """The type as schemas keep it."""
        return TYPES.get(self.duck, self.duck.lower())

    @property
    def kind(self) -> str:
        """number, bool, time or text; what is none of the others is read as text."""
        if self.duck.startswith(("DATE", "TIMESTAMP")):
            return "time"
        if self.duck == "BOOLEAN":
            return "bool"
        return "number" if self.duck.lstrip("U").startswith(NUMBERS) and not self.duck.endswith("]") else "text"

    @property
    def is_fraction(self) -> bool:
        """Whether it can hold NaN and infinities."""
        return self.duck in FRACTIONS

    @property
    def is_countable(self) -> bool:
        """Whether its values can be told apart: lists and structures are not looked into, and bytes are nobody's to
        read."""
        return self.kind != "text" or self.duck in {"VARCHAR", "UUID", "TIME"} or self.duck.startswith("ENUM")


@contextmanager
def reading(parts: Sequence[Part], *, spill: Path, memory: str = MEMORY) -> Generator[Any]:
    """A connection that can read the files of these parts and the folder `spill`, which is there for what does not fit
    into memory. It reaches no other file, no network, and loads no extension."""
    duckdb = load("duckdb", extra="frames", purpose="Looking into a file")
    connection = duckdb.connect(":memory:")
    try:
        for name, value in _settings(parts, spill=spill, memory=memory):
            connection.execute(f"SET {name} = {value}")
        yield connection
    finally:
        connection.close()


def _settings(parts: Sequence[Part], *, spill: Path, memory: str) -> list[tuple[str, str]]:
    """In the order in which they have to be set: the last ones shut the door."""
    return [
        ("memory_limit", literal(memory)),
        ("threads", str(THREADS)),
        ("temp_directory", literal(str(spill))),
        ("enable_progress_bar", "false"),
        ("TimeZone", "'UTC'"),
        ("autoinstall_known_extensions", "false"),
        ("autoload_known_extensions", "false"),
        ("allowed_directories", _listed([str(spill)])),
        ("allowed_paths", _listed([name for part in parts for file in part.files for name in (file, _exactly(file))])),
        ("enable_external_access", "false"),
        ("lock_configuration", "true"),
    ]


def open_part(connection: Any, part: Part, *, named: str, spill: Path) -> list[TableColumn]:
    """Makes the rows of a part a view of that name, and gives its columns; Parquet is read in place, all else is
    written into `spill` as Parquet first, so that whoever asks for one column reads no more than that.

    CSV with values that do not keep to the types of its first rows is read as text. Raises UnreadableError.
    """
    duckdb = load("duckdb", extra="frames", purpose="Looking into a file")
    source = scan(part)
    try:
        if part.form is not Form.PARQUET:
            copied = spill / f"{named}.parquet"
            try:
                _copy(connection, source, copied)
            except (duckdb.ConversionException, duckdb.InvalidInputException):
                if part.form is not Form.CSV:
                    raise
                _copy(connection, scan(part, all_text=True), copied)
            source = f"read_parquet({literal(str(copied))})"
        connection.execute(f"CREATE OR REPLACE VIEW {quoted(named)} AS SELECT * FROM {source}")
        return columns_of(connection, named)
    except duckdb.Error as error:
        raise UnreadableError(f"{Path(part.files[0]).name} cannot be read as a table: {said_by(error)}") from error


def _copy(connection: Any, source: str, target: Path) -> None:
    connection.execute(
        f"COPY (SELECT * FROM {source}) TO {literal(str(target))} (FORMAT parquet, ROW_GROUP_SIZE {GROUP})"
    )


def columns_of(connection: Any, named: str) -> list[TableColumn]:
    rows = connection.execute(f"DESCRIBE {quoted(named)}").fetchall()
    return [TableColumn(str(row[0]), str(row[1])) for row in rows]


def scan(part: Part, *, all_text: bool = False) -> str:
    """The files of a part as something that SELECT reads from."""
    options = ""
    if part.form is not Form.PARQUET and len(part.files) > 1:
        options = ", union_by_name = true"
    if part.form is Form.CSV and all_text:
        options += ", all_varchar = true"
    return f"{part.form.value}({_listed([_exactly(file) for file in part.files])}{options})"


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def said_by(error: BaseException) -> str:
    """What DuckDB says, without the query that it is about."""
    return str(error).strip().partition("\n")[0]


def _exactly(file: str) -> str:
    """A path in which no letter stands for others."""
    return re.sub(r"([*?\[])", r"[\1]", file)


def _listed(texts: Sequence[str]) -> str:
    return f"[{', '.join(literal(text) for text in texts)}]"
