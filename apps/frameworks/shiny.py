"""Shiny for Python: the file makes an `App` of a page and a server function, or is an Express app, all page.

app = App(app_ui, server)               # the server function runs once for each session
ui.input_slider("n", "N", 0, 100, 20)   # Express: the file is run once for each session
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (Shiny types its own calls only in part.)

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from vitrina.apps.frameworks import asgi, libraries, scripts
from vitrina.store.frameworks import SIGNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vitrina.apps.stage import Stage

HEALTH = "/_vitrina/health"
"""Below the app's prefix; Shiny has no health path."""

REHEARSAL = "/_vitrina/rehearsal"
"""Below the app's prefix: opens a session that nobody sees."""

WEBSOCKET = "/websocket/"
MAX_MESSAGE_BYTES = 200 * 2**20

WARM = (*asgi.WARM, "shiny.express", "shiny.ui", "shiny.render", "starlette.staticfiles", "docutils.core")
"""What is imported late: when the first app of a process is made, or somebody comes."""


class Shiny:
    """The adapter for Shiny 1, an ASGI application.

    Its pages live on one WebSocket on which nothing is said while nobody does anything: only the server's pings pass,
    which are no use.
    """

    name = "shiny"
    signs = SIGNS[name]

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        """No traces for others."""
        return {"SHINY_OTEL_COLLECT": "none"}

    def load(self) -> None:
        """Import Shiny and the server."""
        libraries.load("shiny", "uvicorn", purpose="A Shiny app")

    def warm(self) -> None:
        """Import what a first session asks for."""
        libraries.preload(*WARM)

    def limber(self) -> None:
        """Make a small app and ask for its page."""
        from shiny import App, ui

        asgi.visit(App(ui.page_fluid(ui.input_slider("n", "", 0, 1, 0)), None), "/")

    def settle(self, *, scratch: Path) -> None:
        """It keeps no place."""

    def serve(self, stage: Stage) -> None:
        """Run the file; serve what it runs, else the app that it made. An Express app is run by Shiny itself."""
        import shiny
        from shiny import express

        served: list[Any] = []

        def run(app: Any, *_: Any, **__: Any) -> None:
            if not served:  # a second one is what the file runs when the first has ended: then so has the app
                served.append(app)
                _serve(app, stage)

        if express.is_express_app(str(stage.script), None):
            stage.find_modules()
            _serve(express.wrap_express_app(stage.script), stage)
            return
        shiny_class: Any = shiny.App
        shiny_class.run, shiny.run_app = run, run
        names = stage.run()
        if not served:
            run(_the_app(names))


def _the_app(names: Mapping[str, Any]) -> Any:
    import shiny

    return scripts.the_one(
        names,
        is_app=lambda value: isinstance(value, shiny.App),
        usual=("app",),
        kind="Shiny app",
        hint="Make one at the top of the file: app = App(app_ui, server)",
    )


def _serve(app: Any, stage: Stage) -> None:
    placed = asgi.rooted(stage.prefix, _rehearsed(app, stage.prefix))
    health, rehearsal = (f"{stage.prefix}{path}" for path in (HEALTH, REHEARSAL))
    listener = stage.listen(health, rehearsal=rehearsal)
    asgi.server(asgi.answering(health, placed), listener, ws_max_size=MAX_MESSAGE_BYTES).run(sockets=[listener])


def _rehearsed(app: Any, prefix: str) -> Any:
    """The app with a path whose GET opens a session, and answers 200 when its server function went well."""

    async def told(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != f"{prefix}{REHEARSAL}":
            await app(scope, receive, send)
            return
        status = 200 if await _opens_session(app, scope, prefix) else 500
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    return told


async def _opens_session(app: Any, scope: Any, prefix: str) -> bool:
    """Speak to the app as a page does, until it has computed what it shows at first, or hangs up."""
    to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    first = asyncio.get_running_loop().create_future()
    to_app.put_nowait({"type": "websocket.connect"})
    to_app.put_nowait({"type": "websocket.receive", "text": json.dumps({"method": "init", "data": {}})})

    async def send(message: dict[str, Any]) -> None:
        said = json.loads(message.get("text") or "{}") if message["type"] == "websocket.send" else {}
        if not first.done() and "values" in said:
            first.set_result(not said.get("errors"))
        elif not first.done() and message["type"] == "websocket.close":
            first.set_result(False)

    path = f"{prefix}{WEBSOCKET}"
    page = scope | {"type": "websocket", "path": path, "raw_path": path.encode(), "scheme": "ws", "subprotocols": []}
    page.pop("method", None)
    session = asyncio.ensure_future(app(page, to_app.get, send))
    await asyncio.wait({session, first}, return_when=asyncio.FIRST_COMPLETED)
    to_app.put_nowait({"type": "websocket.disconnect", "code": 1001})
    await asyncio.wait({session})
    return first.done() and bool(first.result()) and session.exception() is None
