"""A Bokeh document as its JSON says: objects that are written once and named by id afterwards, and packed values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from vitrina.store.charts.translated import UntranslatableError, decoded, finite, mapping

DTYPES = {
    "int8": "i1",
    "uint8": "u1",
    "int16": "i2",
    "uint16": "u2",
    "int32": "i4",
    "uint32": "u4",
    "float32": "f4",
    "float64": "f8",
}


@dataclass(frozen=True)
class Thing:
    """An object of a document: the name of its class, and what differs from the class's defaults."""

    name: str
    attributes: Mapping[str, Any]
    id: str = ""


Objects: TypeAlias = Mapping[str, Thing]


def objects(document: Mapping[str, Any]) -> Objects:
    """All objects of a document by their ids."""
    found: dict[str, Thing] = {}
    for node in _nodes(document):
        if node.get("type") == "object" and isinstance(node.get("id"), str):
            found[node["id"]] = Thing(str(node.get("name")), mapping(node.get("attributes")), node["id"])
    return found


def thing(value: object, known: Objects) -> Thing | None:
    """The object that a value is or names; None where there is none."""
    return known.get(str(mapping(value).get("id")))


def things(value: object, known: Objects) -> list[Thing]:
    """The objects of a list."""
    found = [thing(item, known) for item in cast("list[object]", value or [])]
    return [one for one in found if one is not None]


def columns(source: Thing | None) -> dict[str, list[Any]]:
    """The columns of a data source; those that are packed in a way unknown here are left out."""
    if source is None or source.name != "ColumnDataSource":
        raise UntranslatableError
    entries = cast("list[Sequence[Any]]", mapping(source.attributes.get("data")).get("entries") or [])
    return {str(name): unpacked(values) for name, values in entries}


def unpacked(value: object) -> list[Any]:
    """A column: a list, or an array of numbers in base64. Factors of two levels become one text."""
    packed = mapping(value)
    if packed.get("type") == "ndarray":
        return _array(packed)
    if not isinstance(value, list):
        raise UntranslatableError
    return [scalar(item) for item in cast("list[object]", value)]


def scalar(value: object) -> Any:
    """A value as JSON has it: numbers that JSON lacks are None, factors of levels one text."""
    if mapping(value).get("type") == "number":
        return None
    if isinstance(value, list):
        return " ".join(str(part) for part in cast("list[object]", value))
    return finite(value)


def _array(packed: Mapping[str, Any]) -> list[Any]:
    dtype, body, shape = str(packed.get("dtype")), mapping(packed.get("array")), packed.get("shape")
    if dtype == "object":
        return unpacked(packed.get("array"))
    sizes = cast("list[int]", shape) if isinstance(shape, list) else []
    if len(sizes) != 1:
        raise UntranslatableError
    if dtype not in DTYPES or not isinstance(body.get("data"), str):
        raise UntranslatableError
    little = packed.get("order", "little") == "little"
    return [finite(item) for item in decoded(str(body["data"]), DTYPES[dtype], little=little, count=sizes[0])]


def _nodes(value: object) -> Iterator[Mapping[str, Any]]:
    waiting: list[object] = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            found = cast("Mapping[str, Any]", node)
            yield found
            waiting.extend(found.values())
        elif isinstance(node, list):
            waiting.extend(cast("list[object]", node))
