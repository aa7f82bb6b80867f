"""`vitrina lineage REF`"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.lineage import DOWNWARDS, UPWARDS, Branch, branches, edge_data, start_of

if TYPE_CHECKING:
    from vitrina.store.lineage import Walk
    from vitrina.store.records import Node

app = typer.Typer(add_completion=False, rich_markup_mode=None)

DEPTH = 8


@app.command()
def lineage(
    ref: Annotated[
        str, typer.Argument(metavar="REF", help="A run, version, app, report, or owner/project/code/COMMIT.")
    ],
    up: Annotated[bool, typer.Option("--up", help="Only what it came of.")] = False,
    down: Annotated[bool, typer.Option("--down", help="Only what came of it.")] = False,
    depth: Annotated[int, typer.Option("--depth", min=1, max=64, help="So many steps each way.")] = DEPTH,
    json: Json = False,
) -> None:
    """What came of what: the runs, data, code, models, apps and reports around one thing."""
    with opened() as store:
        start = start_of(store, ref)
        walk = store.lineage.trace(start, up=up or not down, down=down or not up, depth=depth)
    if json:
        printing.as_json([edge_data(edge) for edge in walk.edges])
        return
    for line in _page(walk, start, up=up or not down, down=down or not up):
        print(line)


def _page(walk: Walk, start: Node, *, up: bool, down: bool) -> Iterator[str]:
    if not walk.edges:
        yield "Nothing is known of where it came from, or what came of it."
        return
    yield next(end.ref for edge in walk.edges for end in (edge.source, edge.target) if end.node == start)
    if up:
        yield from _part("came of", branches(walk.edges, start, forwards=False), UPWARDS)
    if down:
        yield from _part("became", branches(walk.edges, start, forwards=True), DOWNWARDS)
    if not walk.is_whole:
        yield f"There is more: these are the nearest {len(walk.edges)} edges. Ask for less: --depth, --up or --down."


def _part(title: str, grown: Sequence[Branch], words: dict[str, str]) -> Iterator[str]:
    yield ""
    yield title if grown else f"{title} nothing that is known"
    open_levels: list[bool] = []
    for branch in grown:
        del open_levels[branch.level :]
        stem = "".join("│  " if is_open else "   " for is_open in open_levels)
        fork = "└─ " if branch.is_last else "├─ "
        yield f"{stem}{fork}{words.get(branch.relation, branch.relation)} {_said(branch)}"
        open_levels.append(not branch.is_last)


def _said(branch: Branch) -> str:
    label = branch.label
    named = {"run": f" ({label.title})", "code": f" ({label.remote})" if label.remote else ""}.get(label.noun, "")
    return f"{label.noun} {label.ref}{named}{', see above' if branch.is_again else ''}"
