"""`vitrina lineage REF`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.store.errors import InvalidError
from vitrina.store.records import Node, NodeKind

if TYPE_CHECKING:
    from vitrina.store.lookup import Found
    from vitrina.store.records import Edge, NodeLabel

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def lineage(
    ref: Annotated[str, typer.Argument(metavar="REF", help="A run, version, app or report.")],
    up: Annotated[bool, typer.Option("--up", help="Only what it came of.")] = False,
    down: Annotated[bool, typer.Option("--down", help="Only what came of it.")] = False,
    json: Json = False,
) -> None:
    """What came of what: the runs, data, models, apps and reports around one thing."""
    with opened() as store:
        start = node_of(store.find(ref), ref)
        edges = store.lineage.trace(start, up=up or not down, down=down or not up)
    if json:
        printing.as_json([_edge(edge) for edge in edges])
        return
    rows = [(_said(edge.source), edge.relation, _said(edge.target)) for edge in edges]
    printing.table(("FROM", "", "TO"), rows, empty="Nothing is known of where it came from, or what came of it.")


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
    raise InvalidError(f"{ref!r} has no lineage.", hint="Give a run, a version, an app or a report.")


def _said(label: NodeLabel) -> str:
    return f"{label.noun} {label.ref}"


def _edge(edge: Edge) -> dict[str, object]:
    return {"source": _end(edge.source), "relation": edge.relation, "target": _end(edge.target)}


def _end(label: NodeLabel) -> dict[str, str]:
    return {"ref": label.ref, "kind": label.noun, "url": f"/{label.ref}"}
