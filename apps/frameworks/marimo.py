"""marimo notebooks, as apps: the file makes an `App` of cells, which marimo itself runs, once for each session.

app = marimo.App()

@app.cell
def _():
    ...

Each other notebook that lies beside it is served below its own name: `other.py` at /other/.
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (marimo types its server only in part.)

from __future__ import annotations

import asyncio
import runpy
import traceback
from typing import TYPE_CHECKING, Any

from vitrina.apps.frameworks import asgi, libraries, scripts
from vitrina.store import sources
from vitrina.store.frameworks import SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from vitrina.apps.stage import Stage

HEALTH = "/health"
REHEARSAL = "/_vitrina/rehearsal"
"""Below the app's prefix: runs the cells once where nobody sees it."""

MAX_MESSAGE_BYTES = 200 * 2**20

WARM = (
    *(*asgi.WARM, "marimo._server.main", "marimo._server.asgi", "marimo._server.session_manager", "zmq"),
    *(
        "marimo._runtime.runtime",
        "marimo._runtime.virtual_file",
        "marimo._session.session",
        "marimo._output.formatters",
    ),
    *("starlette.staticfiles", "starlette.templating", "markdown", "pymdownx", "pygments.formatters.html", "html"),
)
"""What is imported late: when the first app of a process is made, or somebody comes."""


class Marimo:
    """The adapter for marimo, its notebooks in run mode, as an ASGI application.

    Its pages live on one WebSocket; what they send by themselves are only pongs, which are no use.
    """

    name = "marimo"
    signs = SIGNS[name]

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        """No links to services where notebooks are shared; its settings are the private folder's, which has none."""
        return {"MARIMO_RESTRICT_SHARING": "true", "MARIMO_SKIP_UPDATE_CHECK": "1"}

    def load(self) -> None:
        """Import marimo and the server."""
        libraries.load("marimo", "uvicorn", purpose="A marimo notebook")

    def warm(self) -> None:
        """Import what a first session asks for."""
        libraries.preload(*WARM)

    def limber(self) -> None:
        """Nothing more is to be gained."""

    def settle(self, *, scratch: Path) -> None:
        """It asks for its places when it needs them."""

    def serve(self, stage: Stage) -> None:
        """Serve the notebook, and those beside it. Its file is run now, which makes cells and runs none."""
        import marimo

        stage.find_modules()
        notebook = _the_app(runpy.run_path(str(stage.script), run_name=stage.script.stem))
        builder: Any = marimo.create_asgi_app(quiet=True, include_code=False)
        for other in _beside(stage.script):
            builder = builder.with_app(path=f"{stage.prefix}/{other.stem}", root=str(other))
        app = builder.with_app(path=stage.prefix or "/", root=str(stage.script)).build()
        rehearsal = f"{stage.prefix}{REHEARSAL}"
        listener = stage.listen(f"{stage.prefix}{HEALTH}", rehearsal=rehearsal)
        served = _rehearsed(app, notebook, rehearsal)
        try:
            asgi.server(served, listener, ws_max_size=MAX_MESSAGE_BYTES).run(sockets=[listener])
        finally:
            _close_sessions(app)


def _the_app(names: Mapping[str, Any]) -> Any:
    import marimo

    return scripts.the_one(
        names,
        is_app=lambda value: isinstance(value, marimo.App),
        usual=("app",),
        kind="marimo notebook",
        hint="Make one at the top of the file: app = marimo.App()",
    )


def _beside(script: Path) -> Iterable[Path]:
    """The other notebooks in its folder."""
    for path in sorted(script.parent.glob("*.py")):
        if path != script and "marimo.App" in sources.read_if_valid(path).functions:
            yield path


def _close_sessions(app: Any) -> None:
    """End the thread of every session: the process would wait for them, and marimo does so only in its own server."""
    for route in app.routes:
        if manager := getattr(getattr(getattr(route, "app", None), "state", None), "session_manager", None):
            manager.close_all_sessions()


def _rehearsed(app: Any, notebook: Any, path: str) -> Any:
    """The app with a path whose GET runs all cells, and answers 200 when that went well."""

    async def told(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != path:
            await app(scope, receive, send)
            return
        status = 200 if await asyncio.to_thread(_runs, notebook) else 500
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    return told


def _runs(notebook: Any) -> bool:
    try:
        notebook.run()
    except Exception:  # the app's own mistake, which its log is to show
        traceback.print_exc()
        return False
    return True
