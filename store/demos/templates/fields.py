"""What the model takes, read from form.json, and rows that are held to it. Made by Vitrina; yours to change."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

MOST_LISTED = 12
"""Choices that are named in a sentence."""

LONGEST_SHOWN = 60
"""Characters of a wrong value that are repeated."""


@dataclass(frozen=True)
class Field:
    """One input. `kind` is number, text, bool, time, choice, image, table or array; `shape` is that of one row.

    The points of a square image may come in one line; `side` is then its length, else 0.
    """

    name: str
    kind: str
    type: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[Any, ...] = ()
    open: bool = False
    nullable: bool = False
    shape: tuple[int, ...] = ()
    channels: str = "none"
    white: float = 255
    side: int = 0
    start: Any = None

    @property
    def is_whole(self) -> bool:
        return "int" in self.type

    @property
    def wanted(self) -> str:
        """What may stand here, in words."""
        match self.kind:
            case "number":
                return "a whole number" if self.is_whole else "a number"
            case "text":
                return "a text"
            case "bool":
                return "true or false"
            case "time":
                return "a time such as 2026-11-23T09:30:00"
            case "choice":
                listed = ", ".join(map(str, self.choices[:MOST_LISTED]))
                more = ", …" if len(self.choices) > MOST_LISTED else ""
                return f"a text, such as {listed}{more}" if self.open else f"one of {listed}{more}"
            case _:
                return f"numbers of the shape {' × '.join('any' if one < 0 else str(one) for one in self.shape)}"


@dataclass(frozen=True)
class Form:
    """What is asked. `is_frame`: a row has named fields; else it is one value, of the only field."""

    title: str
    is_frame: bool
    fields: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]
    """Name and kind of each."""

    examples: tuple[Any, ...]


@dataclass(frozen=True)
class Mistake:
    """One value that does not fit. `row` counts from 0; `field` is None where the whole row does not fit."""

    row: int
    field: str | None
    given: str
    wanted: str

    def __str__(self) -> str:
        place = f"Row {self.row}" if self.field is None else f"Row {self.row}, field {self.field!r}"
        return f"{place}: {self.given} came; wanted is {self.wanted}."


class WrongError(ValueError):
    """A value is not what its field takes."""


def read_form(path: Path) -> Form:
    """The form that was made with the app."""
    told = json.loads(path.read_text(encoding="utf-8"))
    fields = [
        Field(**{name: tuple(value) if name in {"choices", "shape"} else value for name, value in field.items()})
        for field in told["fields"]
    ]
    answers = tuple((answer["name"], answer["kind"]) for answer in told["answers"])
    return Form(told["title"], told["form"] == "frame", tuple(fields), answers, tuple(told["examples"]))


def check(form: Form, rows: list[Any]) -> tuple[list[Any], list[Mistake]]:
    """The rows as the model takes them, and what is wrong with them; a row with a mistake is left out."""
    taken: list[Any] = []
    mistakes: list[Mistake] = []
    for number, row in enumerate(rows):
        values, found = _row(form, number, row)
        mistakes += found
        if not found:
            taken.append(values if form.is_frame else values[form.fields[0].name])
    return taken, mistakes


def lacking(form: Form, rows: list[Any]) -> list[Mistake]:
    """Missing values in fields that always had one in the example: what to look at when the model refuses rows."""
    return [
        Mistake(number, field.name, "null", field.wanted)
        for number, row in enumerate(rows)
        for field in form.fields
        if form.is_frame and not field.nullable and _is_missing(row[field.name])
    ]


def as_input(form: Form, taken: list[Any]) -> Any:
    """Checked rows in the type in which the model takes them."""
    if form.is_frame:
        if not any(field.kind == "time" or field.type == "category" for field in form.fields):
            return taken
        import pandas

        frame = pandas.DataFrame(taken, columns=[field.name for field in form.fields])
        for field in form.fields:
            if field.type == "category":
                frame[field.name] = pandas.Categorical(frame[field.name], categories=list(field.choices))
            elif field.kind == "time":
                frame[field.name] = pandas.to_datetime(frame[field.name])
        return frame
    field = form.fields[0]
    if field.kind in {"text", "choice"}:
        return taken
    import numpy

    return numpy.asarray(taken, dtype=field.type or None)


def listed(answer: Any) -> list[Any]:
    """A model's answer as JSON has it, one item a row; what is no number (NaN, infinities) is None."""
    if hasattr(answer, "to_dict") and hasattr(answer, "columns"):
        return _plain(answer.to_dict("records"))
    for name in ("tolist", "to_list"):
        if hasattr(answer, name):
            answer = getattr(answer, name)()
            break
    if isinstance(answer, dict) and answer and all(hasattr(column, "tolist") for column in answer.values()):
        columns = {name: column.tolist() for name, column in answer.items()}  # a model of several outputs
        answer = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return _plain(answer) if isinstance(answer, list) else [_plain(answer)]


def from_text(field: Field, text: str) -> Any:
    """What a cell of a table or a CSV file says; an empty one says nothing. What cannot be read stays text."""
    text = text.strip()
    if not text:
        return None
    try:
        match field.kind:
            case "number":
                value = float(text)
                return int(text) if field.is_whole and text.lstrip("+-").isdigit() else value
            case "bool":
                return {"true": True, "false": False, "1": True, "0": False}.get(text.lower(), text)
            case "image" | "table" | "array":
                return json.loads(text)
            case "choice":
                return next((choice for choice in field.choices if str(choice) == text), text)
            case _:
                return text
    except ValueError:
        return text


def _row(form: Form, number: int, row: Any) -> tuple[dict[str, Any], list[Mistake]]:
    names = [field.name for field in form.fields]
    if not form.is_frame:
        values = {names[0]: row[names[0]] if isinstance(row, dict) and set(row) == set(names) else row}
    elif isinstance(row, list) and len(row) == len(names):
        values = dict(zip(names, row, strict=True))
    elif isinstance(row, dict):
        values = row
    else:
        return {}, [Mistake(number, None, _shown(row), f"an object with the fields {', '.join(names)}")]
    mistakes = [
        Mistake(number, str(name), "an unknown field", f"only {', '.join(names)}")
        for name in values
        if name not in names
    ]
    taken: dict[str, Any] = {}
    for field in form.fields:
        if field.name not in values:
            mistakes.append(Mistake(number, field.name, "nothing", field.wanted))
            continue
        try:
            taken[field.name] = _value(field, values[field.name])
        except WrongError:
            mistakes.append(Mistake(number, field.name, _shown(values[field.name]), field.wanted))
    return taken, mistakes


def _value(field: Field, value: Any) -> Any:
    """The value as the model takes it. Raises WrongError."""
    if value is None and field.kind in {"number", "text", "bool", "time", "choice"}:
        return math.nan if field.kind == "number" else None
    match field.kind:
        case "number":
            return _number(field, value)
        case "text":
            return _of(str, value)
        case "bool":
            return _of(bool, value)
        case "time":
            return _time(_of(str, value))
        case "choice" if field.open:
            return _of(str, value)
        case "choice":
            if not any(value == one and type(value) is type(one) for one in field.choices):
                raise WrongError
            return value
        case _:
            return _numbers(field, value, field.shape)


def _of(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise WrongError
    return value


def _number(field: Field, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WrongError
    try:
        as_float = float(value)
    except OverflowError:  # whole numbers have no end in JSON
        raise WrongError from None
    if not math.isfinite(as_float) or (field.is_whole and not as_float.is_integer()):
        raise WrongError
    if not field.is_whole:
        return as_float
    whole = int(value)
    bits = int("".join(filter(str.isdigit, field.type)) or 64)
    least, most = (0, 2**bits) if field.type.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1))
    if not least <= whole < most:
        raise WrongError
    return whole


def _numbers(field: Field, value: Any, shape: tuple[int, ...]) -> Any:
    """Numbers in lists in lists, as the shape has them."""
    if not shape:
        return _number(field, value)
    if not isinstance(value, list) or shape[0] not in {-1, len(value)}:
        raise WrongError
    return [_numbers(field, item, shape[1:]) for item in value]


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise WrongError from None


def _is_missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _shown(value: Any) -> str:
    """A wrong value in few words."""
    match value:
        case list():
            return f"a list of {len(value)}"
        case dict():
            return f"an object with {len(value)} fields"
        case int() if not isinstance(value, bool) and abs(value) > 10**LONGEST_SHOWN:
            return "a number of more digits than it holds"
        case _:
            text = json.dumps(value, ensure_ascii=False)
            return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _plain(value: Any) -> Any:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case bool() | int() | str() | None:
            return value
        case _ if hasattr(value, "item"):
            return _plain(value.item())
        case _:
            return str(value)
