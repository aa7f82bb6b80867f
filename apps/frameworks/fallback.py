"""Releases of a framework that are older than its adapter (see `releases`): their own command serves their apps.

The command is a program like any other (see `program`): it listens on a port of its loopback. Such an app starts as
slowly as it does without a hub, and what it prints and asks for is what the framework then printed and asked for.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vitrina.apps.frameworks import program
from vitrina.apps.frameworks.program import HOST, Program
from vitrina.store.frameworks import SIGNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from vitrina.apps.stage import Stage
    from vitrina.store.frameworks import Signs


@dataclass(frozen=True)
class Way:
    """How a framework serves an app itself: `python ARGUMENTS`, with these variables. Each takes stage and port."""

    arguments: Callable[[Stage, int], list[str]]
    environment: Callable[[Stage, int], dict[str, str]]


def _script(stage: Stage, _: int) -> list[str]:
    return [str(stage.script)]


def _nothing(_: Stage, __: int) -> dict[str, str]:
    return {}


def _streamlit(stage: Stage, port: int) -> list[str]:
    options = {
        "server.port": port,
        "server.address": HOST,
        "server.headless": "true",
        "server.baseUrlPath": stage.prefix,
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    return ["-m", "streamlit", "run", *(f"--{name}={value}" for name, value in options.items()), str(stage.script)]


def _gradio(stage: Stage, port: int) -> dict[str, str]:
    return {
        "GRADIO_SERVER_NAME": HOST,
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_ROOT_PATH": stage.prefix,
        "GRADIO_ANALYTICS_ENABLED": "False",
    }


def _dash(stage: Stage, port: int) -> dict[str, str]:
    below = {"DASH_REQUESTS_PATHNAME_PREFIX": f"{stage.prefix}/", "DASH_ROUTES_PATHNAME_PREFIX": f"{stage.prefix}/"}
    return {"HOST": HOST, "PORT": str(port), "DASH_DEBUG": "False", **(below if stage.prefix else {})}


def _panel(stage: Stage, port: int) -> list[str]:
    allowed = [f"--allow-websocket-origin={host}" for host in stage.hosts]
    where = [f"--port={port}", f"--address={HOST}", f"--prefix={stage.prefix}", "--use-xheaders", *allowed]
    index = ["--index", stage.script.stem]  # else the root is a list of apps, with the app below its name
    return ["-m", "panel", "serve", str(stage.script), *where, *index]


def _shiny(stage: Stage, port: int) -> list[str]:
    return ["-m", "shiny", "run", f"--host={HOST}", f"--port={port}", str(stage.script)]


def _marimo(stage: Stage, port: int) -> list[str]:
    base = [f"--base-url={stage.prefix}"] if stage.prefix else []
    where = ["--headless", f"--host={HOST}", f"--port={port}", *base]
    return ["-m", "marimo", "run", *where, str(stage.script)]


WAYS: Mapping[str, Way] = {
    "gradio": Way(_script, _gradio),
    "streamlit": Way(_streamlit, _nothing),
    "dash": Way(_script, _dash),
    "panel": Way(_panel, _nothing),
    "shiny": Way(_shiny, _nothing),
    "marimo": Way(_marimo, _nothing),
}


@dataclass(frozen=True)
class Fallback:
    """A framework whose installed release is older than its adapter."""

    name: str

    @property
    def signs(self) -> Signs:
        """Those of the framework."""
        return SIGNS[self.name]

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        """What its command needs is told to the command."""
        return {}

    def load(self) -> None:
        """The command imports it in a process of its own."""

    def warm(self) -> None:
        """There is nothing to import."""

    def limber(self) -> None:
        """Nothing is to be gained."""

    def settle(self, *, scratch: Path) -> None:
        """It keeps no place."""

    def serve(self, stage: Stage) -> None:
        """Run the framework's own command, and pass people on to it."""
        way, place = WAYS[self.name], program.find_place(is_socket=False)
        beside = os.pathsep.join(filter(None, [str(stage.script.parent), os.environ.get("PYTHONPATH")]))
        environment = {"PYTHONPATH": beside, **way.environment(stage, place.port)}
        program.serve(stage, Program([sys.executable, *way.arguments(stage, place.port)], place, environment))
