"""The front's process: the apps port, and with it all apps."""

from __future__ import annotations

import asyncio
import signal
import sys

from vitrina.hub import front
from vitrina.hub.processes import pulse
from vitrina.hub.processes.child import LEAVE, Task, run
from vitrina.hub.processes.nurseries import KeptNurseries
from vitrina.store.opening import Store, open_store


def serve(task: Task) -> None:
    """Serves apps until a signal asks to end. Raises what opening the store raises, and AppError."""
    place = task.settings.place
    with open_store(place.url, blobs=place.blobs, home=place.home) as store:
        asyncio.run(_serve(task, store))


async def _serve(task: Task, store: Store) -> None:
    stop, leave, loop = asyncio.Event(), asyncio.Event(), asyncio.get_running_loop()
    pulse.answer(task.pulse)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(LEAVE, leave.set)
    await front.serve(
        task.settings,
        store,
        task.listener,
        stop=stop,
        leave=leave,
        starter=KeptNurseries(task.keeper) if task.keeper else None,
        line=task.line,
        say_ready=task.say_ready,
    )


if __name__ == "__main__":
    sys.exit(run(serve))
