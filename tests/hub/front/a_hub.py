"""A whole hub as a process of its own: `python a_hub.py HOME PORT APPS_PORT [SETTINGS]`. Prints `ready` when all serve.

SETTINGS are further fields of `Settings`, as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from vitrina.hub import keyfile
from vitrina.hub.processes import ports
from vitrina.hub.processes.keeper import Kept
from vitrina.hub.processes.parent import Parent
from vitrina.hub.settings import Settings
from vitrina.store.home import place


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def never(_: Sequence[Kept] = ()) -> NoReturn:
    raise AssertionError("nobody lets this hub begin anew")


def main(home: Path, port: int, apps_port: int, further: dict[str, Any]) -> int:
    settings = Settings(
        place=place(home=home),
        port=port,
        apps_port=apps_port,
        start_timeout_s=90.0,
        secret=keyfile.kept(home / keyfile.SECRET),
        **further,
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
            trial=never,
            replace=never,
            refuse=say,
        ).run()


if __name__ == "__main__":
    home, port, apps_port, *given = sys.argv[1:]
    sys.exit(main(Path(home), int(port), int(apps_port), json.loads(given[0]) if given else {}))
