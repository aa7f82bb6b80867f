"""What a model takes and gives: names, types, and what an example showed of each field.

    {"form": "frame", "inputs": [field, …], "outputs": [field, …], "examples": [row, …]}

`form` is "frame" where the inputs are columns, "array" where they are one array without names. A field is
`{"name", "type", "kind"}` and what the example tells: `min` and `max` of numbers, `categories` of a category (only
these may come), `values` of a text of few values (others may come), `nullable` where some were missing, `shape` of an
array (-1 is any number). Ranges and values are for forms and readers; `check` holds data to names, kinds, categories
and shapes. `examples` are the first rows, as objects or as an array's items; signatures of earlier releases, and those
whose rows are large or have no form in JSON, have none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from vitrina.store.charts.data import plain
from vitrina.store.errors import InvalidError, VitrinaError
from vitrina.store.frames import ArrowTable, arrow, is_frame, kind_of
from vitrina.store.libraries import comes_from, load

Field: TypeAlias = dict[str, Any]
Signature: TypeAlias = dict[str, Any]

MOST_VALUES = 20
"""A text of so many different values in the example has them listed."""

MOST_EXAMPLES = 3
LARGEST_EXAMPLES_BYTES = 32 * 1024
"""Of the rows that are kept, as JSON: forms begin with them, and a signature is read with every version."""

CATEGORY = "category"
"""The type of a field that takes one of its `categories`, be they words or numbers."""

NUMBERS = {"b": "bool", "i": "number", "u": "number", "f": "number"}


class SignatureError(InvalidError):
    """Data does not fit what a model takes. `field` names the input, None where the whole does not fit."""

    def __init__(self, message: str, *, field: str | None = None, hint: str | None = None) -> None:
        self.field = field
        super().__init__(message, hint=hint)


@dataclass(frozen=True)
class Learned:
    """What an example shows of a model: its signature, and its answers to the signature's examples, as JSON has them
    (none, where they are large or have no such form)."""

    signature: Signature
    answers: list[Any]


def infer(example: Any, *, predict: Callable[[Any], Any]) -> Signature:
    """The signature alone of what `learn` finds."""
    return learn(example, predict=predict).signature


def learn(example: Any, *, predict: Callable[[Any], Any]) -> Learned:
    """The signature that an example of inputs shows, and the model's answer to it.

    `example` is a DataFrame of pandas or Polars, an Arrow table, a list of dicts, a dict of columns, or an array or
    tensor. `predict` is asked once. Raises SignatureError when the example is none of these, or when the model cannot
    answer it.
    """
    inputs = _fields(example, "input")
    try:
        answer = predict(example)
    except Exception as error:
        # The model is anybody's code, and what it raises says what the example lacks.
        own = (error.__cause__ if isinstance(error, VitrinaError) else None) or error
        message = f"The model cannot answer the example: {type(own).__name__}: {own}"
        raise SignatureError(
            message, hint="Give as example what the model was fitted on, without the target."
        ) from error
    form = "frame" if _is_table(example) else "array"
    examples = _examples(example)
    found: Signature = {"form": form, "inputs": inputs, "outputs": _fields(answer, "output")}
    kept = {"examples": examples} if examples else {}
    return Learned(found | kept, _examples(answer)[: len(examples)])


def typed(signature: Mapping[str, Any], rows: Sequence[Any]) -> Any:
    """Rows as JSON has them (the signature's examples are such) in the types that the model was logged with: a pandas
    frame, or an array. Raises SignatureError, naming the field, for what has no such type."""
    fields = cast("Sequence[Field]", signature["inputs"])
    if signature["form"] == "array":
        return _as_array(fields[0], rows)
    pandas = load("pandas", extra="frames", purpose="Rows of a model")
    frame = pandas.DataFrame(list(rows))
    for field in fields:
        name = str(field["name"])
        if name in frame.columns:
            frame[name] = _as_column(pandas, field, frame[name])
    return arranged(signature, frame)


def arranged(signature: Mapping[str, Any], data: Any) -> Any:
    """A frame with its columns in the order that the model was logged with, which many libraries insist on; those it
    does not know come last. What is no frame of pandas or Polars stays as it is."""
    if signature["form"] != "frame" or not any(comes_from(data, of, named="DataFrame") for of in ("pandas", "polars")):
        return data
    names = [str(field["name"]) for field in signature["inputs"]]
    there = list(data.columns)
    order = [name for name in names if name in there] + [name for name in there if name not in names]
    return data if order == there else data[order]


def _as_array(field: Field, rows: Sequence[Any]) -> Any:
    numpy = load("numpy", extra="frames", purpose="Rows of a model")
    try:
        return numpy.asarray(rows, dtype=None if field["kind"] == "text" else field["type"])
    except (ValueError, TypeError) as error:
        raise SignatureError(f"The rows are no array of {field['type']}: {error}.", field=str(field["name"])) from error


def _as_column(pandas: Any, field: Field, values: Any) -> Any:
    """What cannot be turned stays as it is: `check` says what is wrong with it."""
    if field["type"] == CATEGORY:
        known = values[values.notna()].isin(field["categories"]).all()
        return pandas.Categorical(values, categories=field["categories"]) if known else values
    try:
        if field["kind"] == "time":
            return pandas.to_datetime(values)
        return values.astype("float64") if field["kind"] == "number" and values.hasnans else values
    except (ValueError, TypeError):
        return values


def check(signature: Mapping[str, Any], data: Any) -> None:
    """Raise SignatureError, naming the field, for data that the model of this signature was not made for.

    Columns may come in any order. A whole number may stand where a fraction is taken, not the other way round.
    """
    fields = cast("Sequence[Field]", signature["inputs"])
    if not _is_table(data):
        _check_array(fields, data, of_frame=signature["form"] == "frame")
        return
    table = arrow(data)
    if signature["form"] == "array":
        _check_width(fields[0], (table.num_rows, table.num_columns))
        return
    names = [str(field["name"]) for field in fields]
    if missing := [name for name in names if name not in table.column_names]:
        hint = f"The model takes {', '.join(names)}."
        raise SignatureError(f"The field {missing[0]!r} is missing.", field=missing[0], hint=hint)
    if unknown := [name for name in table.column_names if name not in names]:
        hint = f"The model takes {', '.join(names)}."
        raise SignatureError(f"The model knows no field {unknown[0]!r}.", field=unknown[0], hint=hint)
    for field in fields:
        _check_column(field, table.column(str(field["name"])))


def _examples(example: Any) -> list[Any]:
    """The first rows as JSON has them, as many as there is room for."""
    try:
        rows = cast("list[Any]", plain(_first_rows(example)))
    except InvalidError:  # bytes and the like: nobody could type them into a form either
        return []
    kept: list[Any] = []
    for row in rows:
        if len(json.dumps([*kept, row])) > LARGEST_EXAMPLES_BYTES:
            break
        kept.append(row)
    return kept


def _first_rows(example: Any) -> Any:
    if _holds_arrays(example):
        columns = {name: _as_numpy(value)[:MOST_EXAMPLES] for name, value in example.items()}
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    if _is_table(example):
        return arrow(example).slice(0, MOST_EXAMPLES).to_pylist()
    return _as_numpy(example)[:MOST_EXAMPLES]


def _fields(value: Any, name: str) -> list[Field]:
    """The fields of a table, of a dict of arrays, or the one field of an array."""
    if _holds_arrays(value):
        return [{"name": str(key), **_array(item)} for key, item in value.items()]
    if _is_table(value):
        table = arrow(value)
        return [_column(table, place) for place in range(table.num_columns)]
    return [{"name": name, **_array(value)}]


def _is_table(value: object) -> bool:
    if isinstance(value, Mapping):
        return True
    return is_frame(value) and not _is_series(value)


def _holds_arrays(value: Any) -> bool:
    """Whether a value is a dict of arrays that are more than columns, as models of several outputs give it."""
    return isinstance(value, Mapping) and any(
        getattr(item, "ndim", 1) > 1 for item in cast("Mapping[object, object]", value).values()
    )


def _as_numpy(value: Any) -> Any:
    """An array, or a tensor of whatever device that may be part of a computation."""
    numpy = load("numpy", extra="frames", purpose="A signature")
    return numpy.asarray(value.detach().cpu() if hasattr(value, "detach") else value)


def _is_series(value: object) -> bool:
    return comes_from(value, "pandas", named="Series") or comes_from(value, "polars", named="Series")


def _column(table: ArrowTable, place: int) -> Field:
    described, column = table.schema.field(place), table.column(place)
    kind = kind_of(described.type)
    field: Field = {"name": described.name, "type": _type_name(described.type), "kind": kind}
    if column.null_count:
        field["nullable"] = True
    if field["type"] == CATEGORY:
        return field | {"categories": plain(column.combine_chunks().dictionary.to_pylist())}
    values = cast("list[Any]", column.drop_null().to_pylist())
    if kind == "number":
        return field | _ends([value for value in values if math.isfinite(value)])
    return field | (_few(values) if kind == "text" else {})


def _type_name(arrow_type: Any) -> str:
    types = load("pyarrow.types", extra="frames", purpose="A signature")
    if types.is_dictionary(arrow_type):
        return CATEGORY
    name = str(arrow_type)
    return {"double": "float64", "float": "float32", "large_string": "string", "string_view": "string"}.get(name, name)


def _few(values: Sequence[Any]) -> Field:
    different = {value for value in values if isinstance(value, str)}
    return {"values": sorted(different)} if 0 < len(different) <= MOST_VALUES else {}


def _ends(values: Sequence[Any]) -> Field:
    return {"min": plain(min(values)), "max": plain(max(values))} if values else {}


def _array(value: Any) -> Field:
    numpy = load("numpy", extra="frames", purpose="A signature")
    array = _as_numpy(value)
    if array.dtype.kind == "O" and not all(isinstance(item, str) for item in array.ravel()):
        raise SignatureError(f"A {type(value).__name__} has no type that a signature can name.")
    kind = NUMBERS.get(array.dtype.kind, "text")
    field: Field = {
        "type": str(array.dtype) if kind != "text" else "string",
        "kind": kind,
        "shape": [-1, *array.shape[1:]],
    }
    if kind == "number" and array.size:
        finite = array[numpy.isfinite(array)]
        return field | (_ends([finite.min().item(), finite.max().item()]) if finite.size else {})
    if kind == "text" and array.ndim == 1:
        different = sorted({str(item) for item in array})
        return field | ({"values": different} if len(different) <= MOST_VALUES else {})
    return field


def _check_array(fields: Sequence[Field], data: Any, *, of_frame: bool) -> None:
    found = _array(data)
    if of_frame:
        wanted: Field = {"name": "input", "shape": [-1, len(fields)], "kind": found["kind"]}
        if found["kind"] == "text" or any(field["kind"] == "text" for field in fields):
            raise SignatureError("The model takes named columns.", hint="Give a frame, or rows as dicts.")
    else:
        wanted = fields[0]
    _check_width(wanted, (1, *found["shape"][1:]))
    if wanted["kind"] == "number" and found["kind"] == "text":
        raise SignatureError("The model takes numbers, and text came.", field=str(wanted["name"]))


def _check_width(field: Field, shape: Sequence[int]) -> None:
    wanted, found = list(field["shape"])[1:], list(shape)[1:]
    if wanted != found:
        message = f"The model takes {_size(wanted)} a row, and {_size(found)} came."
        raise SignatureError(message, field=str(field["name"]))


def _size(shape: Sequence[int]) -> str:
    return f"{' × '.join(map(str, shape))} values" if shape else "one value"


def _check_column(field: Field, column: Any) -> None:
    name, wanted, found = str(field["name"]), str(field["kind"]), kind_of(column.type)
    if column.null_count == len(column):
        return
    if found != wanted and not (wanted == "number" and found == "bool"):
        raise SignatureError(f"The field {name!r} takes {_words(wanted)}, and {_words(found)} came.", field=name)
    values = cast("list[Any]", column.drop_null().to_pylist())
    if "int" in str(field["type"]) and (odd := [value for value in values if not float(value).is_integer()]):
        raise SignatureError(f"The field {name!r} takes whole numbers, and {odd[0]} came.", field=name)
    known = cast("list[Any]", field.get("categories") or [])
    if known and (odd := [value for value in values if value not in known]):
        hint = f"It takes {', '.join(map(str, known))}."
        raise SignatureError(f"The field {name!r} does not take {odd[0]!r}.", field=name, hint=hint)


def _words(kind: str) -> str:
    return {"number": "numbers", "text": "text", "bool": "true or false", "time": "times"}[kind]
