"""`vitrina compare REF REF…`"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.project import project_name

if TYPE_CHECKING:
    from vitrina.store.opening import Store
    from vitrina.store.records import Project, Run

app = typer.Typer(add_completion=False, rich_markup_mode=None)

PAGE = 200
AGGREGATES = ("last", "first", "min", "max")


def _aggregate(text: str) -> str:
    if text not in AGGREGATES:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(AGGREGATES)}")
    return text


@app.command()
def compare(
    refs: Annotated[
        list[str] | None,
        typer.Argument(metavar="REF…", help="Runs or versions; one version alone: the one before it, and production."),
    ] = None,
    by: Annotated[
        str, typer.Option(metavar="VALUE", callback=_aggregate, help="What stands for a metric: last, first, min, max.")
    ] = "last",
    higher: Annotated[
        list[str] | None, typer.Option(metavar="METRIC", help="This metric improves upwards; repeatable.")
    ] = None,
    lower: Annotated[
        list[str] | None, typer.Option(metavar="METRIC", help="This metric improves downwards; repeatable.")
    ] = None,
    importance: Annotated[
        str | None,
        typer.Option(metavar="METRIC", help="Say instead which params this metric hangs on, over many runs."),
    ] = None,
    project: Annotated[
        str | None, typer.Option(metavar="PROJECT", help="With --importance: all runs of owner/name.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show what is the same, too.")] = False,
    json: Json = False,
) -> None:
    """Runs and versions side by side: metrics, params, signature, environment, files, code; the best is marked."""
    if importance is not None:
        _weigh(importance, refs or [], project, by=by, json=json)
        return
    if not refs:
        raise typer.BadParameter("Give a version, or two or more references.", param_hint="REF…")
    from vitrina.hub.cli.side_by_side import drawn
    from vitrina.hub.comparison import comparison_data
    from vitrina.store.compare.comparison import compare as compare_things
    from vitrina.store.compare.figures import Aggregate, directions

    with opened() as store:
        things = [store.find(ref) for ref in refs]
        better = directions(higher=higher or (), lower=lower or ())
        found = compare_things(store, things, by=Aggregate(by), better=better)
    if json:
        printing.as_json(comparison_data(found))
        return
    for line in drawn(found, width=shutil.get_terminal_size().columns, every=every, by=Aggregate(by)):
        print(line)


def _weigh(metric: str, refs: list[str], project: str | None, *, by: str, json: bool) -> None:
    if bool(refs) == (project is not None):
        raise typer.BadParameter("Give runs, or --project, and not both.", param_hint="--importance")
    from vitrina.hub.cli.side_by_side import weighed
    from vitrina.hub.comparison import importance_data
    from vitrina.store.compare.figures import Aggregate
    from vitrina.store.compare.importance import importance, trials

    with opened() as store:
        runs = _runs(store, store.projects.get(*project_name(project))) if project else _named(store, refs)
        tried = trials(store, runs, metric, by=Aggregate(by))
    found = importance(tried, metric)
    if json:
        printing.as_json(importance_data(found))
        return
    for line in weighed(found, width=shutil.get_terminal_size().columns):
        print(line)


def _runs(store: Store, project: Project) -> Iterator[Run]:
    """All of a project, the newest first, page after page."""
    after: int | None = None
    while True:
        page = store.runs.list(project, after=after, limit=PAGE)
        yield from page.items
        after = page.after
        if after is None:
            return


def _named(store: Store, refs: list[str]) -> list[Run]:
    """Runs, and those that made versions, each once."""
    ids = [number for ref in refs if (number := store.find(ref).run_id) is not None]
    return list(store.runs.by_ids(list(dict.fromkeys(ids))).values())
