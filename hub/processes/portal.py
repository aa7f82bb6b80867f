"""The portal's process."""

from __future__ import annotations

import sys
from socket import socket

import uvicorn

from vitrina.hub.front_line import FrontLine
from vitrina.hub.portal import create_portal
from vitrina.hub.processes import pulse
from vitrina.hub.processes.child import Task, run
from vitrina.store.opening import open_store

GRACE_S = 3
"""So long open requests may take when the hub ends."""


class _Server(uvicorn.Server):
    """Says when it serves, and that it still does."""

    def __init__(self, config: uvicorn.Config, task: Task) -> None:
        super().__init__(config)
        self._task = task

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            pulse.answer(self._task.pulse)
            self._task.say_ready()


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
        _Server(config, task).run(sockets=[task.listener])


if __name__ == "__main__":
    sys.exit(run(serve))
