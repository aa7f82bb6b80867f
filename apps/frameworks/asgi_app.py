"""Any ASGI application: FastAPI, Starlette, Quart, Litestar, a plain coroutine, under any name.

app = FastAPI()
uvicorn.run(app)            # or not: the object is enough, or a function `create_app`
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (What an app's file made can be anything.)

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from vitrina.apps.frameworks import asgi, libraries, scripts
from vitrina.apps.frameworks.gradio import Gradio
from vitrina.store import sources
from vitrina.store.frameworks import SIGNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from vitrina.apps.stage import Stage

USUAL = ("app", "application", "api", "asgi", "server")
MAKERS = ("create_app", "make_app", "get_app", "build_app", "create_application")

LIBRARIES = frozenset({"starlette", "fastapi", "quart", "litestar", "blacksheep", "falcon", "django", "shiny", "dash"})
"""Whose classes with `__call__` are applications, if they take what ASGI gives."""

ROOT_KNOWING = frozenset({"starlette", "fastapi", "quart", "litestar", "django"})
"""These read, as ASGI has it, a path that begins with `root_path`; to all others the path comes without it."""

OPTIONS = ("lifespan", "ws_max_size", "ws_ping_interval", "ws_ping_timeout", "h11_max_incomplete_event_size")
"""The arguments of `uvicorn.run` that say how the application is, not where it is served."""

ELSEWHERE = frozenset({"reload", "workers", "uds", "fd", "ssl_keyfile", "ssl_certfile", "root_path", "log_config"})
"""Those of its arguments that would have it begin other processes, or serve elsewhere."""

HEALTH = "/_vitrina/health"
"""Below the app's prefix."""


class Asgi:
    """The adapter for ASGI applications, served by uvicorn."""

    name = "asgi"
    signs = SIGNS[name]

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        """What keeps a Gradio app that is mounted in it from telling others; FastAPI and Starlette tell nobody."""
        return Gradio().environ(origin=origin, scratch=scratch)

    def load(self) -> None:
        """Import the server, and what most are written in."""
        libraries.load("uvicorn", "starlette.applications", purpose="An ASGI app")

    def warm(self) -> None:
        """Import what the first request asks for, and FastAPI."""
        libraries.preload(*asgi.WARM, "fastapi", "starlette.staticfiles", "starlette.templating")

    def limber(self) -> None:
        """Nothing more is to be gained."""

    def settle(self, *, scratch: Path) -> None:
        """It keeps no place."""

    def serve(self, stage: Stage) -> None:
        """Run the file; serve what it gives to uvicorn, else the application that it made.

        No path is known to every application, so the health path is one of ours.
        """
        import uvicorn

        server_class: Any = uvicorn.Server
        own_serve, own_run = server_class.serve, uvicorn.run
        ours: list[Any] = []

        def make(app: Any, options: Mapping[str, Any]) -> Any:
            """Our server for an application of theirs."""
            app = _made(app, is_factory=bool(options.get("factory")))
            listener = stage.listen(f"{stage.prefix}{HEALTH}")
            kept = {name: options[name] for name in OPTIONS if name in options}
            placed = asgi.answering(f"{stage.prefix}{HEALTH}", _placed(app, stage.prefix))
            ours.append(asgi.server(placed, listener, **kept))
            return ours[0], listener

        async def serve(server: Any, sockets: Any = None) -> None:
            if server in ours:
                await own_serve(server, sockets)
            elif not ours:  # a second server is what the file begins when the first has ended: then so has the app
                server.started = True
                our_server, listener = make(server.config.app, vars(server.config))
                await own_serve(our_server, sockets=[listener])

        def run(app: Any, **options: Any) -> None:
            own_run(app, **{name: value for name, value in options.items() if name not in ELSEWHERE})

        server_class.serve, uvicorn.run = serve, run
        _serve_at_run(stage, make)
        names = stage.run()
        if not ours:
            server, listener = make(_the_app(names), {})
            server.run(sockets=[listener])


def _serve_at_run(stage: Stage, make: Callable[..., Any]) -> None:
    """Quart's own `run` brings a server of its own."""
    if "quart" not in sources.read_if_valid(stage.script).packages:
        return
    import quart  # pyright: ignore[reportMissingImports]  only where an app brings it

    def run(app: Any, *_: Any, **__: Any) -> None:
        server, listener = make(app, {})
        server.run(sockets=[listener])

    quart.Quart.run = run


def _made(app: Any, *, is_factory: bool) -> Any:
    """The application itself, where its name or what makes it was given."""
    from uvicorn.importer import import_from_string

    if isinstance(app, str):
        app = import_from_string(app)
    return app() if is_factory else app


def _placed(app: Any, prefix: str) -> Any:
    return asgi.rooted(prefix, app) if packages(app) & ROOT_KNOWING else asgi.below(prefix, app)


def _the_app(names: Mapping[str, Any]) -> Any:
    return scripts.the_one(
        names,
        is_app=is_app,
        usual=USUAL,
        makers=MAKERS,
        kind="ASGI application",
        hint="Make one at the top of the file: app = FastAPI()",
    )


def is_app(value: Any) -> bool:
    """Whether it is an application: a coroutine of three arguments, or an object of such a library that takes them."""
    if inspect.iscoroutinefunction(value):
        return _takes(value, 3)
    if inspect.isclass(value) or not callable(type(value)):
        return False
    call = type(value).__call__
    return bool(packages(value) & LIBRARIES or inspect.iscoroutinefunction(call)) and _takes(call, 4)


def packages(value: Any) -> frozenset[str]:
    """The top-level packages of an object's classes."""
    return frozenset(one.__module__.partition(".")[0] for one in type(value).__mro__)


def _takes(call: Any, count: int) -> bool:
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        return False
    return sum(one.kind in {one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD} for one in parameters) == count
