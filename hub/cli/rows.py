"""Rows of a file as a model takes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from vitrina.store import libraries
from vitrina.store import signature as signatures
from vitrina.store.charts.data import plain
from vitrina.store.errors import InvalidError, NotFoundError

PURPOSE = "Reading rows from a file"


class RowsError(InvalidError):
    """A file holds no rows that a model can be asked about."""


def read(path: Path, *, signature: Mapping[str, Any] | None) -> Any:
    """The rows of a CSV, JSON or Parquet file: dicts by column, or an array where the model knows no columns.

    Held against the model's signature, if it has one: SignatureError names the field that does not fit.
    """
    if not path.is_file():
        raise NotFoundError(f"file {path}", hint="Give rows as CSV, JSON or Parquet: --input FILE")
    rows = _read(path)
    if not rows:
        raise RowsError(f"{path} holds no rows.", hint="Give at least one.")
    if signature is None:
        return rows
    if signature["form"] == "array":
        is_flat = len(signature["inputs"][0].get("shape") or ()) == 1  # one text a row, say
        values = [_values(row)[0] if is_flat else _values(row) for row in rows]
        signatures.check(signature, _array(values))
        return signatures.typed(signature, values)
    typed = signatures.typed(signature, rows)
    signatures.check(signature, typed)
    return typed


def listed(answer: Any) -> list[Any]:
    """A model's answer as plain values, one a row."""
    if hasattr(answer, "to_dict") and hasattr(answer, "columns"):
        return cast("list[Any]", plain(answer.to_dict("records")))
    values = plain(answer)
    if isinstance(values, dict) and all(isinstance(column, list) for column in cast("dict[str, Any]", values).values()):
        columns = cast("dict[str, list[Any]]", values)  # a model of several outputs
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return cast("list[Any]", values) if isinstance(values, list) else [values]


def _read(path: Path) -> list[Any]:
    match path.suffix.lower():
        case ".json":
            return _json(path)
        case ".csv":
            return _records(path, "read_csv")
        case ".parquet" | ".pq":
            return _records(path, "read_parquet")
        case ending:
            raise RowsError(
                f"{path} ends in {ending or 'nothing'!r}.", hint="Rows are read from .csv, .json and .parquet."
            )


def _json(path: Path) -> list[Any]:
    try:
        value: object = json.loads(path.read_bytes())
    except ValueError as error:
        raise RowsError(f"{path} is no JSON: {error}.", hint="Give a list of rows, each an object or a list.") from None
    rows: object = [cast("object", value)] if isinstance(value, dict) else value
    if not isinstance(rows, list) or not all(isinstance(row, dict | list) for row in cast("list[object]", rows)):
        raise RowsError(f"{path} holds no list of rows.", hint='Write [{"column": 1}, …] or [[1, 2], …].')
    return cast("list[Any]", rows)


def _records(path: Path, reader: str) -> list[Any]:
    pandas = libraries.load("pandas", extra="frames", purpose=PURPOSE)
    try:
        return cast("list[Any]", getattr(pandas, reader)(path).to_dict("records"))
    except (ValueError, OSError) as error:  # pandas' and Arrow's own errors of reading are such
        said = " ".join(str(error).split())
        raise RowsError(f"{path} cannot be read: {said}.", hint="Is it what its ending says?") from error


def _array(rows: list[Any]) -> Any:
    numpy = libraries.load("numpy", extra="frames", purpose=PURPOSE)
    try:
        return numpy.asarray(rows)
    except ValueError as error:
        raise RowsError("The rows are of different lengths.", hint="Give each as many values.") from error


def _values(row: dict[str, Any] | list[Any]) -> list[Any]:
    return list(row.values()) if isinstance(row, dict) else row
