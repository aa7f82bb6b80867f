"""Params: what goes into a run and what comes out, each value with its type."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, cast

from vitrina.store.errors import InvalidError
from vitrina.store.records import Param, ParamKind

SHORT = 128
"""So many letters of a text are in an index; PostgreSQL takes 2,704 bytes of a row."""


def flatten(values: Mapping[str, Any], *, prefix: str = "") -> dict[str, Any]:
    """Nested mappings become one, their keys joined by `/`."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            flat.update(flatten(cast("Mapping[str, Any]", value), prefix=f"{name}/"))
        else:
            flat[name] = value
    return flat


def param(name: str, value: Any) -> Param:
    """Finds the kind of a value. Scalars of NumPy and torch count as the Python number that they hold."""
    if hasattr(value, "item") and not isinstance(value, type) and getattr(value, "size", 1) in (1, ()):
        value = value.item()
    match value:
        case None:
            return Param(name, ParamKind.NULL, None, "")
        case bool():
            return Param(name, ParamKind.BOOLEAN, value, "true" if value else "false")
        case int():
            return Param(name, ParamKind.INTEGER, value, str(value))
        case float():
            return Param(name, ParamKind.FLOAT, value, repr(value))
        case str():
            return Param(name, ParamKind.TEXT, value, value)
        case list() | tuple() | dict() | set() | frozenset():
            return _structure(name, cast("Any", value))
        case _:
            return Param(name, ParamKind.TEXT, str(value), str(value))


def _structure(name: str, value: Any) -> Param:
    plain: Any = sorted(cast("set[Any]", value), key=str) if isinstance(value, set | frozenset) else value
    try:
        text = json.dumps(plain, ensure_ascii=False, default=str)
    except (TypeError, ValueError) as error:
        raise InvalidError(
            f"The value of {name!r} cannot be kept: {error}.", hint="Log it as text or as an artifact."
        ) from None
    return Param(name, ParamKind.JSON, json.loads(text), text)


def to_row(given: Param) -> dict[str, Any]:
    """The columns of a param. NaN is None and a flag; an integer beyond float's range keeps its digits in `text`."""
    number: float | None = None
    if given.kind in {ParamKind.INTEGER, ParamKind.FLOAT, ParamKind.BOOLEAN}:
        try:
            number = float(given.value)
        except OverflowError:
            number = math.inf if given.value > 0 else -math.inf
    is_nan = number is not None and math.isnan(number)
    return {
        "name": given.name,
        "kind": given.kind,
        "number": None if is_nan else number,
        "is_nan": is_nan,
        "text": given.text,
        "short": given.text[:SHORT],
    }


def from_row(name: str, stored_kind: str, text: str) -> Param:
    """The param of a row."""
    kind = ParamKind(stored_kind)
    value: Any
    match kind:
        case ParamKind.INTEGER:
            value = int(text)
        case ParamKind.FLOAT:
            value = float(text)
        case ParamKind.BOOLEAN:
            value = text == "true"
        case ParamKind.TEXT:
            value = text
        case ParamKind.NULL:
            value = None
        case ParamKind.JSON:
            value = json.loads(text)
    return Param(name, kind, value, text)
