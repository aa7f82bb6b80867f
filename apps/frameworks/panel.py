"""Panel apps: the file marks what it shows as servable, or serves it itself.

pn.Row(slider, plot).servable()          # run once for each session
pn.serve(app)  or  template.show()       # run once
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false
# (Panel types its own calls only in part; the rehearsal does what `panel serve --warm` does, with the same names.)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from vitrina.apps.frameworks import libraries
from vitrina.apps.frameworks.framework import NoAppError
from vitrina.store import sources
from vitrina.store.frameworks import SIGNS

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping
    from pathlib import Path

    from vitrina.apps.stage import Stage

HEALTH = "/liveness"
MAX_MESSAGE_BYTES = 200 * 2**20
"""An uploaded file is one message."""


WARM = (
    *("markdown", "markdown.htmlparser", "markdown_it", "markdown_it.presets", "linkify_it"),
    *("mdit_py_plugins.anchors", "mdit_py_plugins.deflist", "mdit_py_plugins.footnote"),
    *("mdit_py_plugins.tasklists", "panel.entry_points", "panel.io.browser", "panel.io.location"),
    *("panel.io.rest", "tornado.platform.asyncio", "runpy", "xml.etree.ElementTree", "encodings.ascii"),
)
"""What is imported late: when the first app of a process is made, or somebody comes."""


class Panel:
    """The adapter for Panel 1.9 and newer, served by its own (Bokeh's) server."""

    name = "panel"
    signs = SIGNS[name]

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        """Its JavaScript from its own server, never from a CDN."""
        return {"BOKEH_RESOURCES": "server"}

    def load(self) -> None:
        """Import Panel and its server."""
        libraries.load("panel.io.server", purpose="A Panel app")

    def warm(self) -> None:
        """Import what a first session asks for."""
        libraries.preload(*WARM)

    def limber(self) -> None:
        """Make a session of a small app, and its page."""
        import panel as pn
        from bokeh.embed import file_html
        from bokeh.io.doc import curdoc

        document = pn.Row(pn.widgets.IntSlider(), pn.pane.Markdown("")).servable().server_doc()
        file_html(document)
        curdoc().clear()

    def settle(self, *, scratch: Path) -> None:
        """It keeps no place."""

    def serve(self, stage: Stage) -> None:
        """Serve the file itself, run for each session, or, when it serves something, run it and let it serve."""
        source = sources.read(stage.script)
        serves_itself = bool(source.functions & self.signs.functions) or "show" in source.methods
        if serves_itself and "servable" not in source.methods:
            _run(stage)
        else:
            _serve_file(stage)


def _serve_file(stage: Stage) -> None:
    from panel.io import server

    _rehearse(stage)
    _start(_placed(server.get_server({"/": str(stage.script)}, **_where(stage)), stage))


def _run(stage: Stage) -> None:
    """Run the file with the one function replaced through which `serve` and `show` make a server."""
    from panel.io import server
    from panel.io.state import state

    made: list[Any] = []
    get_server = server.get_server

    def get_ours(panels: Any, *args: Any, **options: Any) -> Any:
        if made:
            return made[0]
        is_blocking = options.pop("start", False)
        for elsewhere in ("port", "address", "verbose", "num_procs", "ssl_certfile", "ssl_keyfile"):
            options.pop(elsewhere, None)
        made.append(_placed(get_server(panels, **(options | _where(stage))), stage))
        if is_blocking:
            _start(made[0])
        return made[0]

    server.get_server = get_ours
    stage.run()
    for thread in state._threads.values():  # `threaded=True`: they serve while the file goes on
        thread.join()
    if not made:
        raise _nothing()
    if not made[0]._started:
        _start(made[0])


def _rehearse(stage: Stage) -> None:
    """Run the file for a session that nobody sees: what it imports is then loaded, and what it raises is seen now."""
    from panel.io import handlers
    from panel.io.application import build_single_handler_application
    from panel.io.document import _cleanup_doc
    from panel.io.session import generate_session
    from panel.io.state import set_curdoc, state

    def fail(handler: Any, error: Exception) -> NoReturn:
        raise error

    show_in_page = handlers.handle_exception
    handlers.handle_exception = fail
    try:
        compile(stage.script.read_bytes(), str(stage.script), "exec")
        document = generate_session(build_single_handler_application(stage.script)).document
        with set_curdoc(document):
            state._on_load(None)
        is_empty = not document.roots and document not in state._templates
        _cleanup_doc(document, destroy=True)
    finally:
        handlers.handle_exception = show_in_page
    if is_empty:
        raise _nothing()


def _nothing() -> NoAppError:
    return NoAppError("The app made nothing servable with Panel.", hint="Mark what it shows: view.servable()")


def _where(stage: Stage) -> dict[str, Any]:
    """Panel makes its own socket; here it is given ours, under any name."""
    from bokeh.server import server

    def give(file: str, *_: Any, **__: Any) -> socket.socket:
        return stage.listen(stage.prefix + HEALTH)

    server.netutil.bind_unix_socket = give
    return {
        "unix_socket": "given",
        "prefix": stage.prefix.replace("+", "[+]"),  # a pattern: see `_placed`
        "websocket_origin": stage.hosts,
        "use_xheaders": True,
        "liveness": True,
        "admin": False,
        "show": False,
        "start": False,
        "websocket_max_message_size": MAX_MESSAGE_BYTES,
    }


def _placed(server: Any, stage: Stage) -> Any:
    """The server with its prefix as addresses are made of it: Tornado has made patterns of it before."""
    server._tornado._prefix = stage.prefix
    return server


def _start(server: Any) -> None:
    server.start()
    server.io_loop.start()
