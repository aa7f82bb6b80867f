"""`vitrina run …`"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.nouns import noun
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.project import project_name
from vitrina.hub.pages import data
from vitrina.store.errors import InvalidError

if TYPE_CHECKING:
    from vitrina.store.opening import Store
    from vitrina.store.records import Param, Run

app = noun("Runs: what was tried, with which inputs, to which end.")


@app.command("list")
def list_(
    project: Annotated[
        str | None, typer.Argument(metavar="[PROJECT]", help="owner/name; all projects if left out")
    ] = None,
    tag: Annotated[str | None, typer.Option(help="Only those with this tag.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """Runs, newest first."""
    with opened() as store:
        found = _runs(store, project, tag=tag, limit=limit)
    if json:
        printing.as_json([data.run(run) for run in found])
        return
    rows = [(run.ref, run.name, run.status, run.tags, printing.ago(run.started_at)) for run in found]
    printing.table(("RUN", "NAME", "STATUS", "TAGS", "STARTED"), rows, empty="There is no run here yet.")


@app.command()
def show(
    ref: Annotated[str, typer.Argument(metavar="REF", help="owner/project/runs/ID or …/runs/NAME")], json: Json = False
) -> None:
    """One run with its inputs, outputs and metrics."""
    with opened() as store:
        run = store.find(ref).run
        if run is None:
            raise InvalidError(f"{ref!r} is no run.", hint="A run is owner/project/runs/ID.")
        inputs, outputs = store.runs.params([run.id])[run.id], _outputs(store, run)
        series = store.metrics.series([run.id])[run.id]
    if json:
        values = {"inputs": data.params(inputs), "outputs": data.params(outputs), "metrics": data.series(series)}
        printing.as_json({**data.run(run), **values})
        return
    printing.facts(
        [
            ("run", run.ref),
            ("name", run.name),
            ("status", f"{run.status}" + (f": {run.message}" if run.message else "")),
            ("tags", run.tags),
            ("started", printing.ago(run.started_at)),
            *((f"inputs.{one.name}", one.text) for one in inputs),
            *((f"outputs.{one.name}", one.text) for one in outputs),
            *((f"metrics.{one.name}", one.last) for one in series),
        ]
    )


def _runs(store: Store, project: str | None, *, tag: str | None, limit: int) -> list[Run]:
    """Of one project or, the newest of all taken together, of every one."""
    projects = [store.projects.get(*project_name(project))] if project is not None else store.projects.list()
    found = [run for one in projects for run in store.runs.list(one, limit=limit, tag=tag).items]
    return sorted(found, key=lambda run: run.id, reverse=True)[:limit]


def _outputs(store: Store, run: Run) -> list[Param]:
    from vitrina.store.runs import Io

    return store.runs.params([run.id], Io.OUTPUT)[run.id]
