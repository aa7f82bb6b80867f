"""The whole lineage of a thing as a tree: what it came of, and what it became."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vitrina.hub.lineage import DOWNWARDS, UPWARDS, Branch, branches
from vitrina.hub.pages.strip import ICONS, place
from vitrina.hub.pages.visit import Visit
from vitrina.store.records import Node

DEPTH, MOST = 8, 300
"""Steps each way and edges on one page; a program gets more of them (docs/lineage.md)."""


@dataclass(frozen=True)
class Twig:
    words: str
    """What stands between it and what it grows from: used by, made by …"""

    icon: str
    text: str
    href: str | None
    """None: it has no page."""

    is_again: bool
    """What follows it stands in the tree already."""

    twigs: tuple[Twig, ...]


@dataclass(frozen=True)
class Tree:
    came_of: tuple[Twig, ...]
    became: tuple[Twig, ...]
    is_whole: bool


def tree(here: Visit, start: Node) -> Tree:
    """As far as the reader may see; one query."""
    walk = here.store.lineage.trace(start, depth=DEPTH, limit=MOST, may_read=here.may_read)
    up, down = (branches(walk.edges, start, forwards=forwards) for forwards in (False, True))
    return Tree(grown(up, UPWARDS), grown(down, DOWNWARDS), walk.is_whole)


def grown(flat: list[Branch], words: Mapping[str, str]) -> tuple[Twig, ...]:
    """Branches in the order of reading, put into each other."""
    rest = iter([*flat, None])
    return _level(rest, next(rest), 0, words)[0]


def _level(
    rest: Iterator[Branch | None], branch: Branch | None, level: int, words: Mapping[str, str]
) -> tuple[tuple[Twig, ...], Branch | None]:
    """(the twigs of one level, the first branch that is not of it). As deep as the walk, which is not deep."""
    found: list[Twig] = []
    while branch is not None and branch.level == level:
        inner, after = _level(rest, next(rest), level + 1, words)
        label = branch.label
        said = words.get(branch.relation, branch.relation)
        found.append(Twig(said, ICONS[label.noun], label.title, place(label), branch.is_again, inner))
        branch = after
    return tuple(found), branch
