"""A portal as a process: `python a_portal.py HOME`. Prints its address when it listens, ends with its input."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import uvicorn

from vitrina.hub.portal import create_portal
from vitrina.hub.settings import Settings
from vitrina.store.opening import open_store


class Server(uvicorn.Server):
    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        sys.stdout.write(f"http://localhost:{port}\n")
        sys.stdout.flush()


def main(home: Path) -> None:
    with open_store(home=home) as store:
        app = create_portal(Settings(place=store.place), store)
        server = Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))

        def end_with_the_input() -> None:
            sys.stdin.read()
            server.should_exit = True

        threading.Thread(target=end_with_the_input, daemon=True).start()
        server.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
