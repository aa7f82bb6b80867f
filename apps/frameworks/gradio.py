"""Gradio apps: the file makes a `Blocks` (an `Interface` is one) and mostly launches it.

demo = gr.Interface(predict, "number", "text")
demo.launch()
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (Gradio types its own calls only in part.)

from __future__ import annotations

import asyncio
import inspect
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from vitrina.apps.frameworks import asgi, libraries
from vitrina.apps.frameworks.framework import NoAppError
from vitrina.store.frameworks import SIGNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vitrina.apps.stage import Stage

HEALTH = "/robots.txt"
"""Gradio has no health path; this one needs no login, and nothing of the app."""

KEPT = frozenset(
    {
        *("auth", "auth_message", "auth_dependency", "allowed_paths", "blocked_paths", "favicon_path", "show_error"),
        *("max_file_size", "enable_monitoring", "pwa", "i18n", "footer_links", "app_kwargs"),
    }
)
"""The arguments of `launch` that say what the app is, not where it is served."""

LOOKS = ("theme", "css", "css_paths", "js", "head", "head_paths")
"""Those that were arguments of `Blocks` in earlier releases, and are still taken there."""


WARM = (
    *("uvicorn.lifespan.on", "uvicorn.loops.auto", "uvicorn.loops.asyncio", "uvicorn.protocols.http.auto"),
    *("uvicorn.protocols.websockets.auto", "uvicorn.protocols.websockets.websockets_sansio_impl"),
    *("anyio._backends._asyncio", "websockets.server", "websockets.extensions.permessage_deflate"),
    *("encodings.idna", "encodings.unicode_escape", "pydantic.v1", "starlette.middleware.cors"),
    *(
        "fastapi.telemetry._runtime",
        "multiprocessing.synchronize",
    ),
)
"""What is imported late: when the first app of a process is made, or somebody comes."""


KEEP_UPLOADS = ("gradio.route_utils", "gradio.routes", "gradio.mcp", "gradio.screen_recording_utils")
"""Modules that keep the folder for uploads under the name DEFAULT_TEMP_DIR."""


class Gradio:
    """The adapter for Gradio 6.0 and newer, mounted on an ASGI application of our own."""

    name = "gradio"
    signs = SIGNS[name]

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        """No telemetry, no sharing, no other servers; its files in the private folder."""
        return {
            "GRADIO_ANALYTICS_ENABLED": "False",
            "GRADIO_SHARE": "False",
            "GRADIO_SSR_MODE": "False",
            "GRADIO_RUN_HISTORY": "False",
            "GRADIO_TEMP_DIR": str(scratch / "tmp" / "gradio"),
            "GRADIO_EXAMPLES_CACHE": str(scratch / "tmp" / "examples"),
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_OFFLINE": "1",
        }

    def load(self) -> None:
        """Import Gradio and the server."""
        libraries.load("gradio", "fastapi", "uvicorn", purpose="A Gradio app")

    def warm(self) -> None:
        """Import what a first session asks for."""
        libraries.preload(*WARM)

    def limber(self) -> None:
        """Make a small app, mount it and ask for its page; component numbers begin anew after it."""
        import gradio as gr
        from gradio.context import Context

        _build_routes_once()
        first = Context.id
        with gr.Blocks() as blocks:
            box = gr.Textbox()
            gr.Button().click(str, box, box)
        asgi.visit(_mount(blocks, {}, prefix=""), "/")
        Context.id = first

    def settle(self, *, scratch: Path) -> None:
        """Where uploads go is kept by several modules from their import on."""
        for name in KEEP_UPLOADS:
            if (module := sys.modules.get(name)) and hasattr(module, "DEFAULT_TEMP_DIR"):
                vars(module)["DEFAULT_TEMP_DIR"] = os.environ["GRADIO_TEMP_DIR"]

    def serve(self, stage: Stage) -> None:
        """Run the file; serve what it launches, else what it made (of several, the one called `demo`)."""
        import gradio as gr

        launched: list[_Server] = []
        blocks_class: Any = gr.Blocks
        signature = inspect.signature(blocks_class.launch)

        def launch(blocks: Any, *args: Any, **options: Any) -> tuple[Any, str, str]:
            given = signature.bind(blocks, *args, **options).arguments
            if not launched:
                launched.append(_Server(blocks, given, stage=stage))
                launched[0].start(is_blocking=not given.get("prevent_thread_lock"))
            return launched[0].app, f"{stage.origin}{stage.prefix}/", ""

        def block_thread(_: Any) -> None:
            launched[0].join()

        _build_routes_once()
        blocks_class.launch = launch
        blocks_class.block_thread = block_thread
        names = stage.run()
        if not launched:
            _the_blocks(names).launch()
        launched[0].join()


class _Server:
    """The server of one launched app, in the main thread or, where the script goes on, in another."""

    def __init__(self, blocks: Any, options: Mapping[str, Any], *, stage: Stage) -> None:
        self.app = _mount(blocks, options, prefix=stage.prefix)
        self._listener = stage.listen(stage.prefix + HEALTH)
        self._server = asgi.server(self.app, self._listener)
        self._thread: threading.Thread | None = None

    def start(self, *, is_blocking: bool) -> None:
        """Serve to the end if `is_blocking` and no event loop runs here already; else return while it serves."""
        if is_blocking and not _is_in_event_loop():
            self._server.run(sockets=[self._listener])
            return
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Return when it serves no more."""
        if self._thread:
            self._thread.join()


def _mount(blocks: Any, options: Mapping[str, Any], *, prefix: str) -> Any:
    import fastapi
    import gradio as gr

    if not blocks.exited:
        blocks.__exit__()  # launched inside its own `with`
    looks: dict[str, Any] = {name: options.get(name, getattr(blocks, f"_deprecated_{name}", None)) for name in LOOKS}
    kept: dict[str, Any] = {"show_error": False} | {name: value for name, value in options.items() if name in KEPT}
    if "max_threads" in options:
        blocks._queue.max_thread_count = options["max_threads"]  # pyright: ignore[reportPrivateUsage] - as launch does
    told: dict[str, Any] = {"ssr_mode": False, "run_history": False, "mcp_server": False, **looks, **kept}
    known = inspect.signature(gr.mount_gradio_app).parameters  # 6.0 knows less than the newest release
    served = gr.mount_gradio_app(
        fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None),
        blocks,
        path=prefix or "/",
        **{name: value for name, value in told.items() if name in known},
    )
    mounted: Any = served.routes[-1]
    blocks.app = mounted.app  # as launch does: its queue is to know the sessions of what is served
    return served


def _build_routes_once() -> None:
    """A `Blocks` builds an application with all routes when it is made and when it is closed, and mounting one more.

    Only the last is ever served; without routes, the others take a tenth of the time and nothing of the memory.
    """
    from gradio import blocks, routes

    class Draft(routes.App):
        @staticmethod
        def create_app(*args: Any, **_: Any) -> routes.App:
            made = routes.App()
            made.configure_app(args[0])
            return made

    module: Any = blocks
    module.App = Draft


def _the_blocks(names: dict[str, Any]) -> Any:
    import gradio as gr

    made = [value for value in names.values() if isinstance(value, gr.Blocks)]
    if not made:
        raise NoAppError("The app made no Gradio interface.", hint="End the file with: demo.launch()")
    named = names.get("demo")
    return named if isinstance(named, gr.Blocks) else made[-1]


def _is_in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
