"""The search box: a reference goes to its page; a word finds projects, and in one of them models, data and reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from vitrina.hub.access import Action
from vitrina.hub.pages.paths import href
from vitrina.hub.pages.strip import ICONS
from vitrina.hub.pages.visit import Here, Visit
from vitrina.store.errors import VitrinaError
from vitrina.store.records import Project
from vitrina.store.refs import COLLECTIONS, parse_ref

router = APIRouter()


@dataclass(frozen=True)
class Hit:
    icon: str
    kind: str
    title: str
    ref: str
    href: str


@router.get("/search", include_in_schema=False)
def search(here: Here, q: str = "", within: str = "") -> Response:
    """`within` is the project that the question was asked in: its things are looked through too."""
    words = q.strip()
    if place := _place(here, words):
        return RedirectResponse(place, status_code=303)
    hits = _hits(here, words.lower(), within) if words else ()
    page = here.around(f"Search: {words}" if words else "Search")
    return here.render("search.html", page, words=words, within=within, hits=hits)


def _place(here: Visit, text: str) -> str | None:
    """The page of a reference that leads somewhere this reader may go."""
    try:
        ref = parse_ref(text, hub_url=here.hub_url if "://" in text else None)
        here.store.find(ref, may_read=here.may_read)
    except VitrinaError:
        return None
    return href(ref.path)


def _hits(here: Visit, word: str, within: str) -> Sequence[Hit]:
    projects = [project for project in here.store.projects.list() if here.may(Action.READ, project)]
    found = [
        Hit("project", "project", project.title or project.name, project.ref, href(project.ref))
        for project in projects
        if word in project.ref or word in project.title.lower()
    ]
    return found + [hit for project in projects if project.ref == within for hit in _inside(here, project, word)]


def _inside(here: Visit, project: Project, word: str) -> list[Hit]:
    collections = [each for noun in sorted(COLLECTIONS) for each in here.store.registry.collections(project, noun)]
    named = [(each.noun.singular, each.title or each.name, each.ref) for each in collections]
    named += [("report", each.title or each.name, each.ref) for each in here.store.reports.list(project).items]
    return [
        Hit(ICONS[noun], noun, title, ref, href(ref))
        for noun, title, ref in named
        if word in title.lower() or word in ref.rpartition("/")[2]
    ]
