"""Home: the projects that the reader may see, of all owners or of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from vitrina.hub.access import Action
from vitrina.hub.format import count
from vitrina.hub.pages import data
from vitrina.hub.pages.paths import Form, forms, href
from vitrina.hub.pages.render import Crumb
from vitrina.hub.pages.snippets import first_run
from vitrina.hub.pages.visit import Here, Visit
from vitrina.store.errors import NotFoundError
from vitrina.store.records import Project

router = APIRouter()

EXAMPLE_PROJECT = "local/default"


@dataclass(frozen=True)
class ProjectCard:
    ref: str
    href: str
    title: str
    description: str
    visibility: str
    tally: str
    changed: datetime


@router.get("/", include_in_schema=False)
def home(here: Here) -> Response:
    found = _readable(here)
    page = here.around("Vitrina", json_href="/-/projects.json")
    return here.render(
        "projects.html",
        page,
        title="On show",
        projects=_cards(here, found),
        first=first_run(EXAMPLE_PROJECT).text,
        is_signed_in=here.subject.name is not None,
    )


@router.get("/-/projects.json", include_in_schema=False)
def home_data(here: Here) -> Response:
    return data.answer(data.listed(data.project(project) for project in _readable(here)))


@router.get("/{owner}", include_in_schema=False)
def owner(here: Here, owner: str) -> Response:
    """The projects of one owner. One of whom the reader may see nothing is not there for him."""
    for name, form in forms(owner):
        found = [project for project in _readable(here) if project.owner == name.lower()]
        if found and form is Form.JSON:
            return data.answer(data.listed(data.project(project) for project in found))
        if found and form is Form.PAGE:
            page = here.around(name, crumbs=(Crumb(name),), json_href=Form.JSON.of(name))
            cards = _cards(here, found)
            return here.render("projects.html", page, title=name, projects=cards, first="", is_signed_in=True)
    raise NotFoundError(f"owner {owner}")


def _readable(here: Visit) -> list[Project]:
    return [project for project in here.store.projects.list() if here.may(Action.READ, project)]


def _cards(here: Visit, found: Sequence[Project]) -> list[ProjectCard]:
    counts = here.store.projects.counts([project.id for project in found])
    return [_card(project, counts[project.id]) for project in found]


def _card(project: Project, counts: Mapping[str, int]) -> ProjectCard:
    shown = [("models", "model"), ("apps", "app"), ("runs", "run"), ("reports", "report")]
    tally = [count(counts[many], one) for many, one in shown if counts[many]]
    return ProjectCard(
        ref=project.ref,
        href=href(project.ref),
        title=project.title or project.name,
        description=project.description,
        visibility=project.visibility,
        tally=" · ".join(tally) or "nothing logged yet",
        changed=project.updated_at,
    )
