"""The portal's process."""

from __future__ import annotations

import sys
from collections.abc import Callable
from socket import socket

import uvicorn

from vitrina.hub.front_line import FrontLine
from vitrina.hub.portal import create_portal
from vitrina.hub.processes.child import Task, run
from vitrina.store.opening import open_store

GRACE_S = 3
"""So long open requests may take when the hub ends."""


class _Server(uvicorn.Server):
    """Says when it serves."""

    def __init__(self, config: uvicorn.Config, *, say_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._say_ready = say_ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._say_ready()


def serve(task: Task) -> None:
    """Serves pages and API until a signal asks to end. Raises what opening the store raises."""
    place = task.settings.place
    with open_store(place.url, blobs=place.blobs, home=place.home) as store:
        config = uvicorn.Config(
            create_portal(task.settings, store, front=FrontLine(task.line)),
            ws="none",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,  # nobody stands between: what a client says of itself is not believed
            timeout_graceful_shutdown=GRACE_S,
        )
        _Server(config, say_ready=task.say_ready).run(sockets=[task.listener])


if __name__ == "__main__":
    sys.exit(run(serve))
