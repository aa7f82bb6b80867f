"""From a signature to a form: what is asked of people for each input, between which ends, and with what it begins.

    {"title", "form", "fields": [field, …], "answers": [{"name", "kind"}, …], "examples": [row, …]}

A field is `{"name", "kind", "type"}`, and where it is known `low`, `high` and `step` (of a slider), `choices`, `open`
(others than the choices may come), `nullable`, `shape` (of one row; -1 is any number), `channels` and `white` of an
image, `side` of a square one whose points come in one line, and `start`. Its kind is number, text, bool, time, choice,
image, table or array.

An example of five rows shows that there is an age, not that people grow old: ends and choices are those of the datasets
that the model's run had, where they have a column of this name. Without, nothing narrows what may be typed in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from vitrina.store.profile import TOP

Field = dict[str, Any]

LONGEST_CHOICE = 40
"""Characters; what is longer is a text that somebody writes, not a word that is chosen."""

SMALLEST_IMAGE = 8
"""Points of height or width; what is smaller is a table of numbers."""

CHANNELS = frozenset({1, 3, 4})

WHITES = frozenset({1, 15, 16, 255})
"""The largest values of points as people keep them; what ends elsewhere, and is no bytes, is taken for measurements."""

LARGEST_TABLE = 2000
"""Cells that somebody can still be shown."""

STEPS = 100
"""So many of a slider's steps lie in the next lower power of ten of its length."""


def form_of(
    signature: Mapping[str, Any], *, title: str, columns: Iterable[Mapping[str, Any]] = ()
) -> Mapping[str, Any]:
    """The form of a signature (see `vitrina.store.signature`), as JSON.

    `columns` are those of the profiles of datasets (see `vitrina.store.profile`) that the model may have been made of;
    of several of one name the first counts.
    """
    known: dict[str, Mapping[str, Any]] = {}
    for column in columns:
        known.setdefault(str(column.get("name")), column)
    examples = list(cast("Sequence[Any]", signature.get("examples") or ()))
    is_frame = signature["form"] == "frame"
    fields = [_field(given, known.get(str(given["name"])) if is_frame else None) for given in signature["inputs"]]
    for field in fields:
        start = _start(field, [row.get(field["name"]) if is_frame else row for row in examples])
        if start is not None:
            field["start"] = start
    answers = [{"name": str(one["name"]), "kind": str(one["kind"])} for one in signature["outputs"]]
    form = str(signature["form"])
    return {"title": title, "form": form, "fields": fields, "answers": answers, "examples": examples}


def profiled(summary: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The columns of the profile in a dataset's summary; none where it has no profile."""
    profile = summary.get("profile")
    return cast("Mapping[str, Any]", profile).get("columns", ()) if isinstance(profile, Mapping) else ()


def _field(given: Mapping[str, Any], column: Mapping[str, Any] | None) -> Field:
    field: Field = {"name": str(given["name"]), "kind": str(given["kind"]), "type": str(given["type"])}
    if given.get("nullable") or (column or {}).get("nulls"):
        field["nullable"] = True
    shape = list(cast("Sequence[int]", given.get("shape") or ()))[1:]
    match field["kind"]:
        case _ if given.get("categories"):
            return field | {"kind": "choice", "choices": list(given["categories"])}
        case "number" if shape:
            return field | _numbers(given, shape)
        case "number":
            return field | _ends(field, column)
        case "text" if "shape" not in given:  # a model of nothing but texts reads what people write
            return field | _words(given, column)
        case _:
            return field


def _ends(field: Field, column: Mapping[str, Any] | None) -> Field:
    """A slider's, rounded outwards to its step; nothing where no dataset tells them."""
    low, high = (column or {}).get("min"), (column or {}).get("max")
    if not isinstance(low, int | float) or not isinstance(high, int | float) or not 0 < high - low < math.inf:
        return {}
    power = math.floor(math.log10(high - low))
    digits = max(0, round(math.log10(STEPS)) - power)
    if "int" in field["type"]:
        step: float = max(1, round(10.0**power / STEPS))
        return {"low": math.floor(low), "high": math.ceil(high), "step": step}
    step = 10.0**power / STEPS
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return {"low": round(low, digits), "high": round(high, digits), "step": round(step, digits) if digits else step}


def _words(given: Mapping[str, Any], column: Mapping[str, Any] | None) -> Field:
    """The few words that a dataset or else the example has, among which is chosen, and others as well."""
    top = cast("Sequence[Mapping[str, Any]]", (column or {}).get("top") or ())
    distinct = (column or {}).get("distinct")
    if isinstance(distinct, int) and distinct > TOP:
        return {}
    words = sorted(str(one["value"]) for one in top) or list(cast("Sequence[str]", given.get("values") or ()))
    if not words or any(len(word) > LONGEST_CHOICE for word in words):
        return {}
    return {"kind": "choice", "choices": words, "open": True}


def _numbers(given: Mapping[str, Any], shape: Sequence[int]) -> Field:
    """One row of an array: an image where its shape and values are one's, a table where it is small."""
    least = given.get("min")
    if (side := _side(given, shape)) is not None:
        return {"kind": "image", "shape": list(shape), "side": side, "channels": "none", "white": _white(given)}
    if (channels := _channels(shape)) is not None and (least is None or least >= 0):
        return {"kind": "image", "shape": list(shape), "channels": channels, "white": _white(given)}
    if len(shape) <= 2 and -1 not in shape and math.prod(shape) <= LARGEST_TABLE:
        return {"kind": "table", "shape": list(shape)}
    return {"kind": "array", "shape": list(shape)}


def _side(given: Mapping[str, Any], shape: Sequence[int]) -> int | None:
    """Of a square image whose points come in one line, as scikit-learn has them. None: it is no such image."""
    side = math.isqrt(shape[0]) if len(shape) == 1 and shape[0] > 0 else 0
    is_square = side >= SMALLEST_IMAGE and side * side == shape[0]
    has_points = given.get("min") == 0 and (given["type"] == "uint8" or given.get("max") in WHITES)
    return side if is_square and has_points else None


def _channels(shape: Sequence[int]) -> str | None:
    """Where an image of this shape has its colours: none, first or last. None: it is no image."""
    match list(shape):
        case [height, width] if _are_sides(height, width):
            return "none"
        case [height, width, count] if count in CHANNELS and _are_sides(height, width):
            return "last"
        case [count, height, width] if count in CHANNELS and _are_sides(height, width):
            return "first"
        case _:
            return None


def _are_sides(*lengths: int) -> bool:
    return all(length == -1 or length >= SMALLEST_IMAGE for length in lengths)


def _white(given: Mapping[str, Any]) -> float:
    """The number that is white: 255 where points are bytes, 1 where they are shares, else the largest that was seen."""
    most = given.get("max")
    if given["type"] == "uint8" or most is None or 128 <= most <= 255:
        return 255
    return 1 if most <= 1 else most


def _start(field: Field, seen: Sequence[Any]) -> Any:
    """What the field begins with: as in the first example, else the middle or the first there is; None: nothing."""
    match field:
        case {"low": low, "high": high, "step": step}:
            first = seen[0] if seen and isinstance(seen[0], int | float) else low + (high - low) / 2
            digits = max(0, -math.floor(math.log10(step)))
            on_a_step = low + round((min(max(first, low), high) - low) / step) * step
            return round(on_a_step) if "int" in field["type"] else round(on_a_step, digits)
        case {"kind": "choice", "choices": [*choices]}:
            return seen[0] if seen and seen[0] in choices else choices[0]
        case {"kind": "bool"}:
            return bool(seen[0]) if seen else False
        case _:
            return seen[0] if seen else None
