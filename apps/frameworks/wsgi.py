"""Any WSGI application: Flask, Bottle, Falcon, Django, a plain function, under any name.

app = Flask(__name__)
app.run()                   # or not: the object is enough, or a function `create_app`
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (What an app's file made can be anything.)

from __future__ import annotations

import inspect
import socket
from typing import TYPE_CHECKING, Any

from vitrina.apps.frameworks import libraries, scripts
from vitrina.apps.frameworks.asgi_app import packages
from vitrina.store.frameworks import SIGNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from vitrina.apps.stage import Stage

USUAL = ("app", "application", "wsgi", "wsgi_app", "server", "api")
MAKERS = ("create_app", "make_app", "get_app", "build_app", "create_application")

LIBRARIES = frozenset({"flask", "bottle", "falcon", "pyramid", "django", "cherrypy", "werkzeug", "connexion"})
"""Whose objects are applications, if they take what WSGI gives."""

HEALTH = "/_vitrina/health"
"""Below the app's prefix; answered by us, since no path is known to every application."""

THREADS = 8
CONNECTIONS = 1000
"""The proxy keeps connections open; the server's own limit of 100 would make people wait."""


class Wsgi:
    """The adapter for WSGI applications, served by waitress."""

    name = "wsgi"
    signs = SIGNS[name]

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        """None of these tells anybody anything."""
        return {}

    def load(self) -> None:
        """Import the server."""
        libraries.load("waitress", purpose="A WSGI app")

    def warm(self) -> None:
        """Import what most are written in."""
        libraries.preload("flask", "jinja2", "werkzeug.serving", "werkzeug.debug", "encodings.idna")

    def limber(self) -> None:
        """Nothing more is to be gained."""

    def settle(self, *, scratch: Path) -> None:
        """It keeps no place."""

    def serve(self, stage: Stage) -> None:
        """Run the file; serve what it gives to a server, else the application that it made."""
        served: list[Any] = []
        begin = _server_of(stage)

        def serve(app: Any) -> None:
            if not served:  # a second server is what the file begins when the first has ended: then so has the app
                served.append(app)
                begin(app)

        _serve_at_run(serve)
        names = stage.run()
        if not served:
            serve(_the_app(names))


class _Later:
    """What `make_server` of the standard library gives, as far as files use it."""

    def __init__(self, serve: Callable[[], None]) -> None:
        self.serve_forever = serve

    def __enter__(self) -> _Later:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""


def _serve_at_run(serve: Callable[[Any], None]) -> None:
    """Have the servers that files begin by themselves be ours: the standard library's, werkzeug's (which is Flask's),
    waitress."""
    from wsgiref import simple_server

    import waitress

    def make_server(_host: str, _port: int, app: Any, *_: Any, **__: Any) -> Any:
        return _Later(lambda: serve(app))

    def run_simple(hostname: str, port: int, application: Any, *_: Any, **__: Any) -> None:
        serve(application)

    def serve_theirs(app: Any, **_: Any) -> None:
        serve(app)

    simple_server.make_server = make_server
    waitress.serve = serve_theirs
    try:
        from werkzeug import serving
    except ImportError:
        return
    serving.run_simple = run_simple


def _the_app(names: Mapping[str, Any]) -> Any:
    return scripts.the_one(
        names,
        is_app=is_app,
        usual=USUAL,
        makers=MAKERS,
        kind="WSGI application",
        hint="Make one at the top of the file: app = Flask(__name__)",
    )


def is_app(value: Any) -> bool:
    """Whether it is an application: a function of (environ, start_response), or an object of such a library."""
    if inspect.isfunction(value):
        return [*inspect.signature(value).parameters] == ["environ", "start_response"]
    return not inspect.isclass(value) and callable(value) and bool(packages(value) & LIBRARIES)


def _server_of(stage: Stage) -> Callable[[Any], None]:
    """What serves an application there; asked for before the files' own way to waitress is turned to it."""
    import waitress

    serve = waitress.serve

    def begin(app: Any) -> None:
        listener = stage.listen(f"{stage.prefix}{HEALTH}")
        trust: dict[str, Any] = {}
        if listener.family == socket.AF_UNIX:  # waitress calls a Unix peer "localhost"
            trust = {
                "trusted_proxy": "localhost",
                "trusted_proxy_headers": "x-forwarded-proto x-forwarded-host x-forwarded-for",
                "clear_untrusted_proxy_headers": True,
            }
        serve(
            _answering(app),
            sockets=[listener],
            url_prefix=stage.prefix,
            threads=THREADS,
            connection_limit=CONNECTIONS,
            asyncore_use_poll=True,
            _quiet=True,
            **trust,
        )

    return begin


def _answering(app: Any) -> Callable[..., Any]:
    def told(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] == HEALTH:
            start_response("200 OK", [("Content-Length", "0")])
            return [b""]
        return app(environ, start_response)

    return told
