"""`vitrina search QUERY`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.project import project_name
from vitrina.store.search.tree import Kind

if TYPE_CHECKING:
    from vitrina.store.search.found import Thing

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Such as: metrics.auc > 0.9 order by metrics.auc desc")],
    kind: Annotated[Kind, typer.Option(help="What to search.")] = Kind.RUNS,
    project: Annotated[str | None, typer.Option(metavar="PROJECT", help="owner/name; all projects if left out")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    json: Json = False,
) -> None:
    """Find runs, models, datasets, artifacts, versions and reports (docs/search.md has the grammar)."""
    from vitrina.hub.pages.found import described
    from vitrina.store.search.fields import spoken_of
    from vitrina.store.search.grammar import parse

    asked = parse(query, kind)
    with opened() as store:
        within = store.projects.get(*project_name(project)) if project is not None else None
        found = list(store.search.each(query, kind=kind, project=within, limit=limit))
        ids = [thing.id for thing in found]
        columns = store.search.values(ids, spoken_of(asked)) if kind is Kind.RUNS else {}
    if json:
        printing.as_json([{**described(thing), **_values(columns, thing)} for thing in found])
        return
    headings = (kind.value.removesuffix("s").upper(), "NAME", *(name for name in columns), "CREATED")
    rows = [
        (thing.ref, _name(thing), *(columns[name].get(thing.id) for name in columns), printing.ago(thing.created_at))
        for thing in found
    ]
    printing.table(headings, rows, empty="Nothing meets this.")


def _values(columns: dict[str, dict[int, Any]], thing: Thing) -> dict[str, Any]:
    return {"values": {name: values.get(thing.id) for name, values in columns.items()}} if columns else {}


def _name(thing: Thing) -> str:
    from vitrina.store.records import Version

    return thing.collection.name if isinstance(thing, Version) else thing.name
