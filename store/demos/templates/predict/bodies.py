"""What programs send, as rows: our own body, MLflow's, and CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from fields import Form, from_text

JSON = "application/json"
CSV = "text/csv"

NAMES = ("inputs", "instances", "dataframe_split", "dataframe_records")
"""The ways to name the rows in a JSON body; it has one of them."""


class BodyError(ValueError):
    """A body that holds no rows. `status` is what HTTP says of it."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        self.status = status
        super().__init__(message)


def rows(body: bytes, content_type: str, form: Form) -> list[Any]:
    """The rows of a body, not looked at yet. Raises BodyError."""
    match content_type.partition(";")[0].strip().lower():
        case "" | "application/json":
            return _rows(_json(body), form)
        case "text/csv":
            return _of_csv(body, form)
        case other:
            raise BodyError(f"The body is {other}; send {JSON} or {CSV}.", status=415)


def _json(body: bytes) -> Any:
    def refuse(word: str) -> Any:
        raise BodyError(f"JSON has no {word}; write null where a value is missing.")

    try:
        return json.loads(body, parse_constant=refuse)
    except BodyError:
        raise
    except RecursionError:
        raise BodyError("The body is nested too deeply.") from None
    except ValueError as error:  # no UTF-8, no JSON, or a number of thousands of digits
        raise BodyError(f"The body is no JSON: {error}.") from None


def _rows(body: Any, form: Form) -> list[Any]:
    if isinstance(body, list):
        return body
    named = [name for name in NAMES if isinstance(body, dict) and name in body]
    if len(named) != 1:
        raise BodyError(f"The body names no rows, or names them twice: it has one of {', '.join(NAMES)}.")
    if others := [name for name in body if name not in named and (name != "params" or body["params"])]:
        raise BodyError(f"The body has {', '.join(map(repr, others))}, which this service does not know.")
    given = body[named[0]]
    match named[0]:
        case "dataframe_split":
            return _split(given)
        case "dataframe_records" | "instances":
            if not isinstance(given, list):
                raise BodyError(f"{named[0]} is no list of rows.")
            return given
        case _:
            return _inputs(given, form)


def _inputs(given: Any, form: Form) -> list[Any]:
    """A list of rows, one row as an object, or columns: an object of lists of one length."""
    if isinstance(given, list):
        return given
    if not isinstance(given, dict):
        return [given]
    lengths = {len(value) if isinstance(value, list) else -1 for value in given.values()}
    if -1 in lengths or not given:
        return [given]
    if len(lengths) > 1:
        raise BodyError("The columns in inputs have different lengths.")
    if not form.is_frame and len(given) == 1:  # MLflow names an array, too
        return next(iter(given.values()))
    return [dict(zip(given, row, strict=True)) for row in zip(*given.values(), strict=True)]


def _split(given: Any) -> list[Any]:
    match given:
        case {"columns": [*columns], "data": [*data]}:
            if odd := [row for row in data if not isinstance(row, list) or len(row) != len(columns)]:
                raise BodyError(
                    f"dataframe_split: row {data.index(odd[0])} has not as many values as there are columns."
                )
            if not all(isinstance(column, str) for column in columns) or len(set(columns)) < len(columns):
                raise BodyError("dataframe_split: its columns are names, each once.")
            return [dict(zip(columns, row, strict=True)) for row in data]
        case {"data": [*data]}:
            return data
        case _:
            raise BodyError("dataframe_split is an object with columns and data.")


def _of_csv(body: bytes, form: Form) -> list[Any]:
    """A line of names, then a row a line."""
    try:
        lines = [line for line in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True) if line]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BodyError(f"The body is no CSV: {error}.") from None
    if not lines:
        raise BodyError("The CSV is empty: it begins with a line of names.")
    head, *data = lines
    kinds = {field.name: field for field in form.fields}
    if odd := [number for number, line in enumerate(data) if len(line) != len(head)]:
        raise BodyError(f"Row {odd[0]} of the CSV has not as many values as its first line.")
    if not form.is_frame and head != [form.fields[0].name]:  # the numbers of one array, side by side
        return [[_cell(value) for value in line] for line in data]
    cells = [
        [from_text(kinds[name], value) if name in kinds else value for name, value in zip(head, line, strict=True)]
        for line in data
    ]
    return [dict(zip(head, line, strict=True)) for line in cells]


def _cell(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text
