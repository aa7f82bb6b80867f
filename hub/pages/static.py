"""Our own files and the drawing libraries, under `/-/static/`."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from vitrina.hub.pages.assets import PREFIX, Asset
from vitrina.hub.pages.render import Renderer

router = APIRouter()

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


@router.get(PREFIX + "/{digest}/{name}", include_in_schema=False)
def kept(request: Request, digest: str, name: str) -> Response:
    """A file under the digest of all of them: kept for ever, unless the digest is of another release."""
    renderer: Renderer = request.app.state.vitrina_pages
    caching = FOR_EVER if digest == renderer.assets.digest else ASK_AGAIN
    return _answer(request, renderer.assets.get(name), caching)


@router.get(PREFIX + "/{name}", include_in_schema=False)
def plain(request: Request, name: str) -> Response:
    """The same file under its bare name, asked for anew each time."""
    renderer: Renderer = request.app.state.vitrina_pages
    return _answer(request, renderer.assets.get(name), ASK_AGAIN)


def _answer(request: Request, asset: Asset, caching: str) -> Response:
    headers = {
        "cache-control": caching,
        "etag": asset.etag,
        "vary": "accept-encoding",
        "x-content-type-options": "nosniff",
        # Sandboxed frames have no origin of their own and load these too; nothing here is secret.
        "cross-origin-resource-policy": "cross-origin",
    }
    if request.headers.get("if-none-match") == asset.etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.gzipped, media_type=asset.media_type, headers={**headers, "content-encoding": "gzip"})
    return Response(asset.body, media_type=asset.media_type, headers=headers)
