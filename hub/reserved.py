"""Addresses that are the hub's own and that no route has: without these they would be read as references."""

from __future__ import annotations

from fastapi import APIRouter, Request

from vitrina.hub.problems import NoPageError

router = APIRouter(include_in_schema=False)


@router.get("/api/{rest:path}")
@router.get("/-/{rest:path}")
def nowhere(request: Request, rest: str) -> None:
    """Raises NoPageError. Other methods are refused by the routes themselves, which know them."""
    raise NoPageError(request.url.path)
