"""The lineage of a thing in short: what went in, the run, what came out, who shows it. One line, from left to right."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from vitrina.hub.format import count
from vitrina.hub.pages.paths import href
from vitrina.store.records import Edge, Node, NodeKind, NodeLabel

ICONS = {
    "dataset": "data",
    "artifact": "file",
    "model": "model",
    "run": "run",
    "app": "app",
    "report": "report",
    "code": "code",
}
WORDS = {"code": "commit"}
"""What a thing is called here, if not by its noun."""

FOLDED_FROM = 3
"""So many things of one noun stand as one: `4 apps`."""


@dataclass(frozen=True)
class Stop:
    icon: str
    kind: str
    text: str
    href: str | None = None
    """None: nothing to go to; what the page shows is marked instead."""

    is_here: bool = False


Groups = Sequence[Sequence[Stop]]


def of_run(run: Node, title: str, edges: Sequence[Edge]) -> Groups:
    """What the run used and ran, the run, what it made, and what came of that."""
    made = _targets(edges, run, NodeKind.VERSION)
    shown = [edge.target for edge in edges if edge.source in made and edge.target.node != run]
    here = Stop("run", "run", title, is_here=True)
    return _line(_sources(edges, run), [here], made, *_by_noun(shown + _targets(edges, run, NodeKind.REPORT)))


def of_version(version: Node, noun: str, title: str, edges: Sequence[Edge]) -> Groups:
    """What its run used and ran, the run, the version, then apps, runs that use it, and reports that cite it."""
    runs = [edge.source for edge in edges if edge.target.node == version and edge.relation == "made"]
    used = [source for run in runs for source in _sources(edges, run.node)]
    here = Stop(ICONS[noun], noun, title, is_here=True)
    after = [edge.target for edge in edges if edge.source.node == version]
    return _line(used, runs, [here], *_by_noun(after))


def _sources(edges: Iterable[Edge], node: Node) -> list[NodeLabel]:
    """Data and models, then code."""
    into = [edge.source for edge in edges if edge.target.node == node]
    return [label for kind in (NodeKind.VERSION, NodeKind.CODE) for label in into if label.node.kind is kind]


def _targets(edges: Iterable[Edge], node: Node, kind: NodeKind) -> list[NodeLabel]:
    return [edge.target for edge in edges if edge.source.node == node and edge.target.node.kind is kind]


def _by_noun(labels: Iterable[NodeLabel]) -> list[list[NodeLabel]]:
    """One group a noun, in the order in which things come to be."""
    distinct = list({label.node: label for label in labels}.values())
    order = ("model", "dataset", "artifact", "app", "run", "report")
    return [[label for label in distinct if label.noun == noun] for noun in order]


def _line(*groups: Sequence[NodeLabel | Stop]) -> Groups:
    return [_folded(group) for group in groups if group]


def _folded(group: Sequence[NodeLabel | Stop]) -> list[Stop]:
    stops = [stop for stop in group if isinstance(stop, Stop)]
    by_noun: dict[str, dict[Node, NodeLabel]] = {}
    for label in group:
        if isinstance(label, NodeLabel):
            by_noun.setdefault(label.noun, {})[label.node] = label
    for noun, labels in by_noun.items():
        first, word = next(iter(labels.values())), WORDS.get(noun, noun)
        if len(labels) < FOLDED_FROM:
            stops += [Stop(ICONS[noun], word, label.title, place(label)) for label in labels.values()]
        else:
            stops.append(Stop(ICONS[noun], count(len(labels), word), f"{first.title}, …", place(first)))
    return stops


def place(label: NodeLabel) -> str | None:
    """Its page; code has none here, but perhaps a repository that a browser can open."""
    if label.noun != "code":
        return href(label.ref)
    return label.remote if label.remote.startswith(("https://", "http://")) else None
