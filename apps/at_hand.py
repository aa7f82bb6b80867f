"""The request that an app answers just now, as its framework keeps it. Standard library only.

A framework is looked at only when the app has loaded it; an app that has loaded several has one request all the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any


def request() -> Any:
    """The request, or its headers; None where no framework has one just now: outside of what people cause."""
    for module, ask in FRAMEWORKS.items():
        loaded = sys.modules.get(module)
        if loaded is not None and (found := ask(loaded)) is not None:
            return found
    return None


def _streamlit(streamlit: Any) -> Any:
    """The headers with which the session's WebSocket was opened; a thread without a session has none."""
    runtime = sys.modules.get("streamlit.runtime.scriptrunner_utils.script_run_context")
    if runtime is not None and runtime.get_script_run_ctx(suppress_warning=True) is None:
        return None
    return streamlit.context.headers


def _gradio(context: Any) -> Any:
    """That of the event whose function runs. One that runs for no event (`demo.load` is one) has none."""
    return context.LocalContext.request.get(None)


def _dash(dash: Any) -> Any:
    """Of a callback, whatever the server; layouts that are functions run in Flask's request."""
    try:
        return dash.ctx.headers
    except (LookupError, dash.exceptions.MissingCallbackContextException):
        return None


def _flask(flask: Any) -> Any:
    return flask.request if flask.has_request_context() else None


def _panel(panel: Any) -> Any:
    """The headers of the request that made the session."""
    headers: Any = panel.state.headers
    return headers or None


FRAMEWORKS: Mapping[str, Callable[[Any], Any]] = {
    "streamlit": _streamlit,
    "gradio.context": _gradio,
    "flask": _flask,
    "dash": _dash,
    "panel": _panel,
}
