"""REST under `/api/v1/`: what the pages show, as data, under addresses that programs can build."""

from __future__ import annotations

from fastapi import APIRouter

from vitrina.hub.api import apps, compare, lineage, predictions, projects, runs, schema, search, versions
from vitrina.hub.api.shapes import Problem

PREFIX = "/api/v1"

REFUSALS = {
    status: {"model": Problem, "description": text}
    for status, text in {
        401: "The token is not known.",
        403: "You may see this, but not change it.",
        404: "There is no such thing, or it is not for you.",
        422: "A name, reference or parameter cannot be read.",
        503: "The store, or the part that runs apps, does not answer.",
    }.items()
}


def router() -> APIRouter:
    """All routes of the API, and its description."""
    every = APIRouter()
    for nouns in (projects, runs, apps, predictions, versions, lineage, compare, search):
        every.include_router(nouns.router, prefix=PREFIX, responses={**REFUSALS})
    every.include_router(schema.router)
    return every
