"""Lineage as it is shown anywhere: where a walk begins, its edges as data, its branches from a thing outwards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vitrina.store.errors import InvalidError
from vitrina.store.records import Edge, MayRead, Node, NodeKind, NodeLabel, everything

if TYPE_CHECKING:
    from vitrina.store.lookup import Found
    from vitrina.store.opening import Store

_COMMIT = re.compile(r"/?(?P<project>[^/]+/[^/]+)/code/(?P<sha>[0-9A-Fa-f]{7,64})")

UPWARDS = {
    "made": "made by",
    "used": "using",
    "ran": "running",
    "reproduced": "reproduced by",
    "serves": "serving",
    "cites": "citing",
    "gathered": "gathered from",
}
"""What stands between a thing and what it came of; downwards the relation itself is a sentence."""

DOWNWARDS = {
    "made": "made",
    "used": "used by",
    "ran": "run as",
    "reproduced": "reproduced",
    "serves": "served by",
    "cites": "cited by",
    "gathered": "gathered as",
}


@dataclass(frozen=True, slots=True)
class Branch:
    """One step away from the thing that is asked about, in the order in which a tree is read."""

    level: int
    """Steps from the start: the first is 0."""

    relation: str
    label: NodeLabel
    is_last: bool
    """Of those that leave the same thing."""

    is_again: bool
    """It stands in the tree already, with all that follows; here it is only named."""


def start_of(store: Store, ref: str, *, may_read: MayRead = everything) -> Node:
    """The place of a thing in lineage: a run, version, app, report, or owner/project/code/COMMIT.

    Raises NotFoundError, and InvalidError for what has no lineage.
    """
    commit = _COMMIT.fullmatch(ref.strip())
    if commit is not None:
        project = store.find(commit["project"], may_read=may_read).project
        return store.lineage.commit(project, commit["sha"])
    return node_of(store.find(ref, may_read=may_read), ref)


def node_of(found: Found, ref: str) -> Node:
    """The place of a thing in lineage. Raises InvalidError for what has none."""
    if found.app is not None:
        return Node(NodeKind.APP, found.app.id)
    if found.report is not None:
        return Node(NodeKind.REPORT, found.report.id)
    if found.version is not None:
        return Node(NodeKind.VERSION, found.version.id)
    if found.run is not None:
        return Node(NodeKind.RUN, found.run.id)
    raise InvalidError(f"{ref!r} has no lineage.", hint="Give a run, a version, an app, a report, or a commit.")


def edge_data(edge: Edge) -> Mapping[str, Any]:
    return {"source": _end(edge.source), "relation": edge.relation, "target": _end(edge.target)}


def _end(label: NodeLabel) -> dict[str, str | None]:
    """A commit has no page; what there is of it is where its repository can be had."""
    if label.noun == "code":
        return {"ref": label.ref, "kind": label.noun, "url": None, "remote": label.remote or None}
    return {"ref": label.ref, "kind": label.noun, "url": f"/{label.ref}"}


def branches(edges: Sequence[Edge], start: Node, *, forwards: bool) -> list[Branch]:
    """What is reached from `start` as a tree: each thing with all that follows it once, then only by name."""
    leaving: dict[Node, list[tuple[str, NodeLabel]]] = {}
    for edge in edges:
        here, there = (edge.source, edge.target) if forwards else (edge.target, edge.source)
        leaving.setdefault(here.node, []).append((edge.relation, there))
    return list(_grown(leaving, start, seen={start}))


def _grown(
    leaving: Mapping[Node, Sequence[tuple[str, NodeLabel]]], start: Node, *, seen: set[Node]
) -> Iterator[Branch]:
    """With a stack of its own: a tree may be deeper than Python calls."""
    stack = [(0, start, iter(enumerate(leaving.get(start, ()), 1)))]
    while stack:
        level, node, rest = stack[-1]
        step = next(rest, None)
        if step is None:
            stack.pop()
            continue
        number, (relation, label) = step
        is_again = label.node in seen
        yield Branch(level, relation, label, is_last=number == len(leaving[node]), is_again=is_again)
        if not is_again:
            seen.add(label.node)
            stack.append((level + 1, label.node, iter(enumerate(leaving.get(label.node, ()), 1))))
