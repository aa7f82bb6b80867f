"""Tables of any library as Arrow: pandas, Polars, Arrow itself, whatever speaks Arrow's C interface, rows and
columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias, cast

from vitrina.store.errors import InvalidError
from vitrina.store.libraries import comes_from, load
from vitrina.store.views import ColumnKind

ArrowTable: TypeAlias = Any
"""A `pyarrow.Table`; typed so because Arrow is loaded at first use."""

TAKES = (
    "a DataFrame of pandas or Polars, an Arrow table, a list of dicts, a dict of columns, or an array of two dimensions"
)
ONE_TYPE = "Give each column one type."
FRAME_LIBRARIES = {"pandas": ("DataFrame", "Series"), "polars": ("DataFrame", "LazyFrame", "Series")}


class FrameError(InvalidError):
    """A value cannot be taken as a table."""


def is_frame(value: object) -> bool:
    """Whether a value is a table by its type, or a list of dicts."""
    if isinstance(value, list):
        rows = cast("list[object]", value)
        return len(rows) > 0 and all(isinstance(row, Mapping) for row in rows)
    if comes_from(value, "pyarrow", named="Table") or comes_from(value, "pyarrow", named="RecordBatch"):
        return True
    return any(comes_from(value, library, named=name) for library, names in FRAME_LIBRARIES.items() for name in names)


def arrow(value: Any, *, columns: Sequence[str] | None = None) -> ArrowTable:
    """The table as Arrow. `columns` names the columns of an array; None names them c0, c1, …

    Raises FrameError for what is no table, and for columns that mix types or share a name.
    """
    pyarrow = load("pyarrow", extra="frames", purpose="A table")
    try:
        table = _converted(pyarrow, value, columns)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, pyarrow.ArrowNotImplementedError) as error:
        raise FrameError(f"a column mixes types ({'; '.join(map(str, error.args))})", hint=ONE_TYPE) from error
    names = cast("list[str]", table.column_names)
    for name in names:
        if names.count(name) > 1:
            raise FrameError(f"two columns are called {name!r}", hint="Give each column a name of its own.")
    return table


def kind_of(arrow_type: Any) -> ColumnKind:
    """Which of the four kinds of column an Arrow type is: what is no number, truth value or time is read as text."""
    types = load("pyarrow.types", extra="frames", purpose="A table")
    if types.is_dictionary(arrow_type):
        return kind_of(arrow_type.value_type)
    if types.is_boolean(arrow_type):
        return "bool"
    if types.is_integer(arrow_type) or types.is_floating(arrow_type) or types.is_decimal(arrow_type):
        return "number"
    return "time" if types.is_timestamp(arrow_type) or types.is_date(arrow_type) else "text"


def _converted(pyarrow: Any, value: Any, columns: Sequence[str] | None) -> ArrowTable:
    if isinstance(value, (str, Path)):
        return _of_parquet(pyarrow, Path(value))
    if comes_from(value, "pyarrow", named="Table"):
        return value
    if comes_from(value, "pyarrow", named="RecordBatch"):
        return pyarrow.Table.from_batches([value])
    if comes_from(value, "pandas"):
        return _of_pandas(pyarrow, value)
    if comes_from(value, "polars"):
        frame = value.collect() if hasattr(value, "collect") else value
        return (frame if hasattr(frame, "columns") else frame.to_frame()).to_arrow()
    if hasattr(value, "__arrow_c_stream__"):
        return pyarrow.table(value)
    if isinstance(value, Mapping):
        return _of_columns(pyarrow, cast("Mapping[object, Any]", value))
    if is_frame(value):
        names = dict.fromkeys(name for row in value for name in row)
        return _of_columns(pyarrow, {name: [row.get(name) for row in value] for name in names})
    if hasattr(value, "__array__"):
        return _of_array(pyarrow, value, columns)
    raise FrameError("it is no table")


def _of_parquet(pyarrow: Any, path: Path) -> ArrowTable:
    try:
        return load("pyarrow.parquet", extra="frames", purpose="A table").read_table(path)
    except (OSError, pyarrow.ArrowException) as error:
        raise FrameError(f"{path} cannot be read as Parquet ({error})") from error


def _of_columns(pyarrow: Any, columns: Mapping[object, Any]) -> ArrowTable:
    """NaN stays NaN among numbers, and is a missing value among others (rows that pandas gave hold it so)."""
    arrays: dict[str, Any] = {}
    for name, values in columns.items():
        if isinstance(values, str) or not hasattr(values, "__len__"):
            raise FrameError(f"column {name!r} is no list of values")
        numeric = all(value is None or isinstance(value, (int, float)) for value in values)
        try:
            arrays[str(name)] = pyarrow.array(values, from_pandas=not numeric)
        except pyarrow.ArrowException as error:
            raise FrameError(f"column {name!r} mixes types", hint=ONE_TYPE) from error
    if len({len(array) for array in arrays.values()}) > 1:
        raise FrameError("its columns are of different lengths")
    return pyarrow.table(arrays)


def _of_pandas(pyarrow: Any, value: Any) -> ArrowTable:
    frame = value if hasattr(value, "columns") else value.to_frame()
    if not frame.columns.is_unique:
        name = frame.columns[frame.columns.duplicated()][0]
        raise FrameError(f"two columns are called {name!r}", hint="Give each column a name of its own.")
    named = any(name is not None for name in frame.index.names)  # row numbers that a split or filter left are no data
    return pyarrow.Table.from_pandas(frame.rename(columns=str), preserve_index=named)


def _of_array(pyarrow: Any, value: Any, columns: Sequence[str] | None) -> ArrowTable:
    array = load("numpy", extra="frames", purpose="A table from an array").asarray(value)
    if array.ndim != 2:
        raise FrameError(f"an array of {array.ndim} dimensions is no table")
    names = [f"c{place}" for place in range(array.shape[1])] if columns is None else [str(name) for name in columns]
    if len(names) != array.shape[1]:
        raise FrameError(f"{len(names)} names were given for {array.shape[1]} columns")
    return pyarrow.table({name: pyarrow.array(array[:, place]) for place, name in enumerate(names)})


def unit_of(field: Any) -> str | None:
    """The unit that a column's field carries, None where nobody gave one."""
    metadata: dict[bytes, bytes] = field.metadata or {}
    unit = metadata.get(b"unit")
    return None if unit is None else unit.decode(errors="replace")
