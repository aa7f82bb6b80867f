"""Streamlit apps: the file is a script that Streamlit itself runs, once for each session and each change.

import streamlit as st
st.slider("Radius", 0.0, 30.0)
"""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# (Streamlit types its own calls only in part.)

from __future__ import annotations

import importlib.util
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from vitrina.apps.frameworks import asgi, libraries
from vitrina.store import sources
from vitrina.store.frameworks import SIGNS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vitrina.apps.stage import Stage

HEALTH = "/_stcore/health"
REHEARSAL = "/_stcore/script-health-check"
"""Runs the script in a session that nobody sees."""

MAX_MEGABYTES = 200
"""Of one upload and of one message, as in Streamlit's own defaults."""


WARM = (
    *("uvicorn.lifespan.on", "uvicorn.loops.auto", "uvicorn.loops.asyncio", "uvicorn.protocols.http.auto"),
    *("uvicorn.protocols.websockets.websockets_sansio_impl", "anyio._backends._asyncio", "anyio._core._fileio"),
    *("websockets.server", "websockets.extensions.permessage_deflate", "encodings.idna"),
    *("streamlit.web.server.starlette.starlette_agent_routes", "starlette.applications"),
    *("starlette.middleware.sessions", "starlette.staticfiles", "starlette.middleware.body_limit"),
    *("starlette.middleware.errors", "streamlit.components.v2.manifest_scanner", "streamlit.runtime.agent.mcp"),
    *("packaging.tags", "zoneinfo", "html"),
)
"""What is imported late: when the first app of a process is made, or somebody comes."""


class Streamlit:
    """The adapter for Streamlit 1.67 and newer, served by its ASGI application."""

    name = "streamlit"
    signs = SIGNS[name]

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        """Streamlit is configured by options, not by the environment."""
        return {}

    def load(self) -> None:
        """Import Streamlit and its server."""
        libraries.load("streamlit.web.bootstrap", "uvicorn", purpose="A Streamlit app")

    def warm(self) -> None:
        """Import what a first session asks for, and look once through what is installed for components."""
        libraries.preload(*WARM)
        scanner: Any = sys.modules.get("streamlit.components.v2.manifest_scanner")
        if scanner and hasattr(scanner, "scan_component_manifests"):  # not in every release
            scanner.scan_component_manifests = partial(list[Any], scanner.scan_component_manifests())

    def limber(self) -> None:
        """Nothing more is to be gained."""

    def settle(self, *, scratch: Path) -> None:
        """It asks for its places when it needs them."""

    def serve(self, stage: Stage) -> None:
        """Serve the script. It is run when somebody comes, so what it imports is looked for now."""
        import streamlit as st
        from streamlit import config
        from streamlit.web import bootstrap

        sys.path.insert(0, str(stage.script.parent))
        sys.argv = [str(stage.script)]
        _check_imports(stage.script)
        config._main_script_path = str(stage.script)  # pyright: ignore[reportPrivateUsage] - as `streamlit run` does
        bootstrap.load_config_options(_options(stage))
        app = st.App(stage.script)
        listener = stage.listen(stage.prefix + HEALTH, rehearsal=stage.prefix + REHEARSAL)
        asgi.server(app, listener, **_server_options()).run(sockets=[listener])


def _options(stage: Stage) -> dict[str, Any]:
    return {
        "server.headless": True,
        "server.baseUrlPath": stage.prefix.removeprefix("/"),
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "server.corsAllowedOrigins": stage.origins,
        "server.allowedHosts": [host.partition(":")[0] for host in stage.hosts],
        "server.maxUploadSize": MAX_MEGABYTES,
        "server.maxMessageSize": MAX_MEGABYTES,
        "server.showEmailPrompt": False,
        "server.scriptHealthCheckEnabled": True,
        "server.enableAgentApi": False,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        "logger.hideWelcomeMessage": True,
        "logger.enableRich": False,  # colours and frames are for terminals, and this goes to a log
    }


def _server_options() -> dict[str, Any]:
    """The WebSocket settings of Streamlit's own server: a private name, so its absence is no error."""
    from streamlit.web.server.starlette import starlette_server

    options = getattr(starlette_server, "_get_uvicorn_config_kwargs", dict[str, Any])
    return options()


def _check_imports(script: Path) -> None:
    """Raise what importing would, SyntaxError or ModuleNotFoundError, for what must be there whoever comes.

    Only plain imports at the top of a script that leaves `sys.path` alone are certain to be needed and to be found now.
    """
    compile(script.read_bytes(), str(script), "exec")
    for module, line in sources.certain_imports(script):
        if importlib.util.find_spec(module) is None:
            exec(compile("\n" * (line - 1) + f"import {module}", str(script), "exec"))  # noqa: S102 - fails at that line
