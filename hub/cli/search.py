"""`vitrina search QUERY`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.project import project_name
from vitrina.hub.pages import data
from vitrina.store.search.tree import Kind, Query, Section

if TYPE_CHECKING:
    from vitrina.store.opening import Store
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
    from vitrina.store.search.grammar import parse

    asked = parse(query, kind)
    with opened() as store:
        within = store.projects.get(*project_name(project)) if project is not None else None
        found = list(store.search.each(query, kind=kind, project=within, limit=limit))
        columns = _columns(store, asked, found) if kind is Kind.RUNS else {}
    if json:
        printing.as_json([{**described(thing), **_values(columns, thing)} for thing in found])
        return
    headings = (kind.value.removesuffix("s").upper(), "NAME", *(name for name in columns), "CREATED")
    rows = [
        (thing.ref, _name(thing), *(columns[name].get(thing.id) for name in columns), printing.ago(thing.created_at))
        for thing in found
    ]
    printing.table(headings, rows, empty="Nothing meets this.")


def described(thing: Thing) -> dict[str, Any]:
    """A thing that was found, as data."""
    from vitrina.store.records import Collection, Report, Run, Version

    match thing:
        case Run():
            return data.run(thing)
        case Version():
            return data.version(thing)
        case Report():
            return data.report(thing)
        case Collection():
            return data.collection(thing)


def _values(columns: dict[str, dict[int, Any]], thing: Thing) -> dict[str, Any]:
    return {"values": {name: values.get(thing.id) for name, values in columns.items()}} if columns else {}


def _columns(store: Store, query: Query, found: list[Thing]) -> dict[str, dict[int, Any]]:
    """The metrics, inputs and outputs that the query speaks of, by name and run: what one wants to see beside them."""
    from vitrina.store.runs import Io
    from vitrina.store.search.fields import spoken_of

    ids = [thing.id for thing in found]
    columns: dict[str, dict[int, Any]] = {}
    for field in spoken_of(query):
        name = f"{field.section}.{field.name}"
        match field.section:
            case Section.METRIC:
                series = store.metrics.series(ids)
                columns[name] = {
                    run: one.last for run, many in series.items() for one in many if one.name == field.name
                }
            case Section.INPUT | Section.OUTPUT:
                io = Io.INPUT if field.section is Section.INPUT else Io.OUTPUT
                params = store.runs.params(ids, io)
                columns[name] = {
                    run: one.text for run, many in params.items() for one in many if one.name == field.name
                }
            case _:
                pass
    return columns


def _name(thing: Thing) -> str:
    from vitrina.store.records import Version

    return thing.collection.name if isinstance(thing, Version) else thing.name
