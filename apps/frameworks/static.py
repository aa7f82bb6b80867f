"""Static pages: a folder of HTML with what it shows, or one HTML file, served as it is.

A folder shows its index.html, and its 404.html for what is not there; it is never listed. Nothing is made up for paths
that no file has.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps.frameworks import asgi, libraries
from vitrina.store.frameworks import SIGNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vitrina.apps.stage import Stage

INDEX = "index.html"

TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".glb": "model/gltf-binary",
}
"""What pages cannot do without, whatever the machine's own list says."""


class Static:
    """The adapter for folders of HTML, served by Starlette's files: ranges, ETags, conditional requests."""

    name = "static"
    signs = SIGNS[name]

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        """There is no library to be told anything."""
        return {}

    def load(self) -> None:
        """Import the server."""
        libraries.load("starlette.staticfiles", "starlette.applications", "uvicorn", purpose="A folder of pages")

    def warm(self) -> None:
        """Import what the first request asks for."""
        libraries.preload(*asgi.WARM)

    def limber(self) -> None:
        """Nothing more is to be gained."""

    def settle(self, *, scratch: Path) -> None:
        """It keeps no place."""

    def serve(self, stage: Stage) -> None:
        """Serve the folder in which the app runs; its root leads to the app's page, unless that is its index."""
        from starlette.applications import Starlette
        from starlette.responses import RedirectResponse
        from starlette.routing import Mount, Route
        from starlette.staticfiles import StaticFiles

        for suffix, kind in TYPES.items():
            mimetypes.add_type(kind, suffix)
        folder = Path.cwd()
        page = stage.script.relative_to(folder).as_posix()

        async def lead(_: object) -> RedirectResponse:
            return RedirectResponse(f"{stage.prefix}/{page}")

        files = Mount(stage.prefix or "/", StaticFiles(directory=folder, html=True))
        routes = [files] if page == INDEX else [Route(f"{stage.prefix}/", lead), files]
        listener = stage.listen(f"{stage.prefix}/{page}")
        asgi.server(Starlette(routes=routes), listener).run(sockets=[listener])
