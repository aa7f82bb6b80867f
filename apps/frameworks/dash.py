"""Dash apps: the file makes a `Dash` object, and mostly runs it.

app = Dash(__name__)
app.run(debug=True)
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (Dash ships no types for what is used here.)

from __future__ import annotations

import socket
from functools import wraps
from typing import TYPE_CHECKING, Any

from vitrina.apps.frameworks import asgi, libraries
from vitrina.apps.frameworks.framework import NoAppError
from vitrina.store.frameworks import SIGNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from vitrina.apps.stage import Stage

HEALTH = "/_vitrina/health"
"""Below the app's prefix; answered by us, since older releases answer no such path."""

THREADS = 8
CONNECTIONS = 1000
"""The proxy keeps connections open; the server's own limit of 100 would make people wait."""


WARM = (
    *(
        "orjson",
        "plotly.io.json",
        "zipp.glob",
        "asgiref",
        "flask",
        "dash.backends._flask",
        "plotly.offline",
        "plotly.tools",
        "werkzeug.debug",
        "encodings.idna",
    ),
    *("importlib_metadata",),
)
"""What is imported late: when the first app of a process is made, or somebody comes."""


class Dash:
    """The adapter for Dash 2.18 and newer, served by waitress (Flask) or uvicorn (its other back ends)."""

    name = "dash"
    signs = SIGNS[name]

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        """No question to plotly.com whether there is a newer version."""
        return {"DASH_DISABLE_VERSION_CHECK": "true"}

    def load(self) -> None:
        """Import Dash and the server."""
        libraries.load("dash", "waitress", purpose="A Dash app")

    def warm(self) -> None:
        """Import what a first session asks for."""
        libraries.preload(*WARM)

    def limber(self) -> None:
        """Nothing more is to be gained."""

    def settle(self, *, scratch: Path) -> None:
        """It keeps no place."""

    def serve(self, stage: Stage) -> None:
        """Run the file; serve the app that it runs, else the one it made (of several, the one called `app`)."""
        import dash

        made: list[Any] = []
        served: list[Any] = []
        dash_class: Any = dash.Dash
        make = dash_class.__init__

        @wraps(make)
        def remember(app: Any, *args: Any, **options: Any) -> None:
            if stage.prefix:
                options |= _below(stage.prefix, options)
            make(app, *args, **options)
            made.append(app)

        def run(app: Any, *_: Any, **__: Any) -> None:
            if not served:  # a second server is what the file does when the first has ended: then so has the app
                served.append(app)
                _serve(app, stage)

        dash_class.__init__ = remember
        dash_class.run = run
        dash_class.run_server = run  # what it was called before Dash 3: old scripts run unchanged
        names = stage.run()
        if not served:
            _serve(_the_app(made, names), stage)


def _the_app(made: list[Any], names: dict[str, Any]) -> Any:
    if not made:
        raise NoAppError("The app made no Dash object.", hint="Make one at the top of the file: app = Dash(__name__)")
    named = names.get("app")
    return named if any(named is app for app in made) else made[-1]


def _serve(app: Any, stage: Stage) -> None:
    import flask
    import waitress

    own: str = app.config.routes_pathname_prefix
    listener = stage.listen(f"{stage.prefix}{HEALTH}")
    if not isinstance(app.server, flask.Flask):
        served = asgi.answering(f"{stage.prefix}{HEALTH}", asgi.below(stage.prefix, app.server))
        asgi.server(served, listener).run(sockets=[listener])
        return
    trust: dict[str, Any] = {}
    if listener.family == socket.AF_UNIX:  # waitress calls a Unix peer "localhost"
        trust = {
            "trusted_proxy": "localhost",
            "trusted_proxy_headers": "x-forwarded-proto x-forwarded-host x-forwarded-for",
            "clear_untrusted_proxy_headers": True,
        }
    waitress.serve(
        _from_the_root(app.server, own=own, address=app.config.requests_pathname_prefix),
        sockets=[listener],
        url_prefix=stage.prefix,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        asyncore_use_poll=True,
        _quiet=True,
        **trust,
    )


def _below(prefix: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Where an app lies below `prefix`: browsers ask with it, and the server takes it off before the app sees it.

    So the routes that its author adds to the server lie below the prefix too.
    """
    own = options.get("url_base_pathname") or options.get("routes_pathname_prefix") or "/"
    return {"url_base_pathname": None, "routes_pathname_prefix": own, "requests_pathname_prefix": f"{prefix}{own}"}


def _from_the_root(wsgi: Callable[..., Any], *, own: str, address: str) -> Callable[..., Any]:
    """An app that its author put below a path, `own`, stays there, so that its own links hold; its root leads to it."""

    def lead(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] == HEALTH:
            start_response("200 OK", [("Content-Length", "0")])
            return [b""]
        if environ["PATH_INFO"] in {"", "/"} and own != "/":
            start_response("302 Found", [("Location", address), ("Content-Length", "0")])
            return [b""]
        return wsgi(environ, start_response)

    return lead
