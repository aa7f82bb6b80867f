"""Whether the portal lives, and whether it can do its work. Both are asked without a session, and say nothing else."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from vitrina.hub.state import portal_of
from vitrina.store import migrations
from vitrina.store.errors import VitrinaError


class ChangedStoreError(VitrinaError):
    """The store became one of another release while the hub ran."""

    status = 503

    def __init__(self, revision: str | None) -> None:
        super().__init__(
            f"The store has schema {revision or 'none'} by now; this hub knows {migrations.HEAD}.",
            hint="Start the hub again, with the release that the store has.",
        )


router = APIRouter(include_in_schema=False)


class Health(BaseModel):
    status: Literal["ok"] = "ok"


@router.get("/healthz")
def is_alive() -> Health:
    """The process answers."""
    return Health()


@router.get("/readyz")
def is_ready(request: Request) -> Health:
    """The store answers too, and has this release's schema; else the answer is an error that says why."""
    with portal_of(request).store.database.reading() as connection:
        revision = migrations.current(connection)
    if revision != migrations.HEAD:
        raise ChangedStoreError(revision)
    return Health()
