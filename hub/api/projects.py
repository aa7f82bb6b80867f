"""Projects."""

from __future__ import annotations

from fastapi import APIRouter

from vitrina.hub.api.shapes import Listing, Project
from vitrina.hub.state import Asking

router = APIRouter(tags=["projects"])


@router.get("/projects")
def list_projects(asking: Asking) -> Listing[Project]:
    """All projects that you may read, those changed last first."""
    found = asking.store.projects.list(visible_to=asking.visible)
    return Listing(items=[Project.of(project) for project in found])


@router.get("/projects/{owner}/{project}")
def show_project(asking: Asking, owner: str, project: str) -> Project:
    """One project."""
    return Project.of(asking.project(owner, project))
