"""The keys, as a page for those without script."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from vitrina.hub.pages.visit import Here

router = APIRouter()


@router.get("/-/keys", include_in_schema=False)
def keys(here: Here) -> Response:
    return here.render("keys_page.html", here.around("Keys"))
