"""`vitrina project …`"""

from __future__ import annotations

from typing import Annotated

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.nouns import noun
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.pages import data
from vitrina.store.errors import InvalidError
from vitrina.store.records import Project, Visibility
from vitrina.store.refs import parse_ref

app = noun("Projects: who sees them, what they are called.")

Ref = Annotated[str, typer.Argument(metavar="PROJECT", help="owner/name")]


@app.command("list")
def list_(json: Json = False) -> None:
    """All projects, those changed last first."""
    with opened() as store:
        found = store.projects.list()
    if json:
        printing.as_json([data.project(project) for project in found])
        return
    rows = [(one.ref, one.visibility, one.title, printing.ago(one.updated_at)) for one in found]
    printing.table(("PROJECT", "SEEN BY", "TITLE", "CHANGED"), rows, empty="There is no project yet.")


@app.command()
def show(ref: Ref, json: Json = False) -> None:
    """One project, and how much is in it."""
    owner, name = project_name(ref)
    with opened() as store:
        found = store.projects.get(owner, name)
        counts = store.projects.counts([found.id])[found.id]
    if json:
        printing.as_json({**data.project(found), "counts": counts})
        return
    printing.facts(
        [
            ("project", found.ref),
            ("title", found.title),
            ("description", found.description),
            ("seen by", found.visibility),
            ("changed", printing.ago(found.updated_at)),
            *((many, str(count)) for many, count in counts.items()),
        ]
    )


@app.command()
def visibility(
    ref: Ref,
    seen_by: Annotated[Visibility, typer.Argument(metavar="public|internal|private")],
    json: Json = False,
) -> None:
    """Say who sees a project: everybody, everybody who is signed in, or its members."""
    _change(ref, json=json, visibility=seen_by)


@app.command()
def describe(
    ref: Ref,
    title: Annotated[str | None, typer.Option(help="A title beside the name.")] = None,
    description: Annotated[str | None, typer.Option(help="One sentence.")] = None,
    json: Json = False,
) -> None:
    """Give a project a title or a description."""
    if title is None and description is None:
        raise typer.BadParameter("Give --title or --description.")
    _change(ref, json=json, title=title, description=description)


def _change(
    ref: str,
    *,
    json: bool,
    title: str | None = None,
    description: str | None = None,
    visibility: Visibility | None = None,
) -> None:
    owner, name = project_name(ref)
    with opened() as store:
        project = store.projects.get(owner, name)
        changed = store.projects.describe(project, title=title, description=description, visibility=visibility)
    _tell(changed, json=json)


def _tell(project: Project, *, json: bool) -> None:
    if json:
        printing.as_json(data.project(project))
    else:
        print(f"{project.ref} is {project.visibility}" + (f': "{project.title}"' if project.title else ""))


def project_name(ref: str) -> tuple[str, str]:
    """Owner and name of a project's reference. Raises BadReferenceError and InvalidError."""
    parsed = parse_ref(ref)
    if parsed.path != f"{parsed.owner}/{parsed.project}":
        raise InvalidError(f"{ref!r} is no project.", hint=f"Its project is {parsed.owner}/{parsed.project}.")
    return parsed.owner, parsed.project
