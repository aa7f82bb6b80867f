"""A whole hub as a process of its own: `python a_hub.py HOME PORT APPS_PORT`. Prints `ready` when all serve."""

from __future__ import annotations

import sys
from pathlib import Path

from vitrina.hub import keyfile
from vitrina.hub.processes import ports
from vitrina.hub.processes.parent import Parent
from vitrina.hub.settings import Settings
from vitrina.store.home import place


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(home: Path, port: int, apps_port: int) -> int:
    settings = Settings(
        place=place(home=home),
        port=port,
        apps_port=apps_port,
        start_timeout_s=90.0,
        secret=keyfile.kept(home / keyfile.SECRET),
    )
    with (
        ports.listen(settings.host, port, option="--port") as portal,
        ports.listen(settings.host, apps_port, option="--apps-port") as front,
    ):
        return Parent(
            settings,
            portal=portal,
            front=front,
            announce=lambda: say("ready"),
            say=say,
        ).run()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
