"""Skops archives without what differs from save to save: ids of Python objects, times, orders of hashes.

In such an archive `schema.json` is a tree of nodes. A node's `__id__` is the id that its object had; nodes with one id
are one object when loaded. A node of an array names its file, `<id>.npy`. Rules:

1. Ids are counted from one, in the order of the tree, and files are named by their node's new id.
2. Texts, numbers and other leaves lose their id: whether Python keeps equal ones once or twice is chance, and nothing
can
   tell the difference.
3. The members of a set are put in the order of their JSON.
4. The bytes between the fields of a structured array, which nobody wrote, become zero.
5. Entries are stored uncompressed (compressors differ between machines), in the order of their names, without a time.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any, TypeAlias, cast

from vitrina.store.libraries import load

BadArchiveError = zipfile.BadZipFile
Node: TypeAlias = dict[str, Any]

SCHEMA = "schema.json"
NPY, HEADER = b"\x93NUMPY", 4096
LEAF, SET = "JsonNode", "SetNode"
START = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip entry can have."""


def normalised(archive: bytes) -> bytes:
    """The same archive, byte for byte the same for the same model."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        schema = cast("Node", json.loads(opened.read(SCHEMA)))
        _sort_sets(schema)
        names = _renumber(schema)
        entries = {new: _without_padding(opened.read(old)) for old, new in names.items()}
    entries[SCHEMA] = json.dumps(schema, separators=(",", ":")).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        for name in sorted(entries):
            written.writestr(zipfile.ZipInfo(name, START), entries[name])
    return buffer.getvalue()


def _renumber(schema: Node) -> dict[str, str]:
    """Give the nodes their new ids; gives the files' new names by their old ones."""
    numbers: dict[int, int] = {}
    files: dict[str, str] = {}
    for node in _nodes(schema):
        if node.get("__loader__") == LEAF:
            node.pop("__id__", None)
        elif isinstance(number := node.get("__id__"), int):
            node["__id__"] = numbers.setdefault(number, len(numbers) + 1)
        if isinstance(old := node.get("file"), str) and "__loader__" in node:
            suffix = old.rpartition(".")[2]
            node["file"] = files.setdefault(old, f"{len(files) + 1:06}.{suffix}")
    return files


def _without_padding(entry: bytes) -> bytes:
    """The file of an array whose elements have fields, with zeros where none of them lies; other files as they are."""
    if not entry.startswith(NPY) or b"|V" not in entry[:HEADER]:
        return entry
    numpy = load("numpy", extra="sklearn", purpose="Saving a scikit-learn model")
    array = numpy.load(io.BytesIO(entry), allow_pickle=False).ravel(order="A")
    # Plain bytes seen as elements: a structured array would be copied with whatever lies between its fields.
    clean = numpy.zeros(array.nbytes, dtype=numpy.uint8)
    for name in array.dtype.names or ():
        clean.view(array.dtype)[name] = array[name]
    return entry[: len(entry) - clean.nbytes] + clean.tobytes() if array.dtype.names else entry


def _sort_sets(schema: Node) -> None:
    # Innermost sets first, so that an outer one is ordered by what its members will be.
    for node in reversed(list(_nodes(schema))):
        if node.get("__loader__") == SET and isinstance(members := node.get("content"), list):
            node["content"] = sorted(cast("list[Any]", members), key=_without_ids)


def _without_ids(node: object) -> str:
    copied = json.loads(json.dumps(node))
    for inner in _nodes(copied):
        inner.pop("__id__", None)
    return json.dumps(copied, sort_keys=True)


def _nodes(value: object) -> Iterator[Node]:
    """Every JSON object of a tree, from the top, in the order written; without recursion, since trees can be deep."""
    waiting: list[object] = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            node = cast("Node", found)
            yield node
            waiting.extend(reversed(list(node.values())))
        elif isinstance(found, list):
            waiting.extend(reversed(cast("list[object]", found)))
