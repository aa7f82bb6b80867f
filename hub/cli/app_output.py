"""`vitrina app logs`: what an app wrote, and what it writes now."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli.app_named import AppRef, app_of
from vitrina.hub.cli.opened import opened
from vitrina.store.errors import NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

LOOK_EVERY_S = 0.3
"""How often it is looked for new lines while somebody follows; as `tail -f` does, it works on any disk."""


class NoLogError(NotFoundError):
    """An app has written nothing on this machine."""

    def __init__(self, ref: str, *, number: int | None = None) -> None:
        whose = ref if number is None else f"instance {number} of {ref}"
        super().__init__(
            f"log of {whose} on this machine", hint=f"It is written when the app runs: vitrina app open {ref}"
        )


def logs(
    ref: AppRef,
    lines: Annotated[int, typer.Option("-n", "--lines", min=1, help="How many of the last ones.")] = 40,
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="Go on with what it writes, over its ends and starts, until Ctrl-C.")
    ] = False,
    instance: Annotated[
        int | None, typer.Option(min=1, help="Which of its instances; default: the one that says most.")
    ] = None,
) -> None:
    """The last lines that an app wrote; each instance has a log of its own, which goes on over its starts."""
    from vitrina.apps.logs import tail
    from vitrina.hub import app_logs

    with opened() as store:
        found = app_of(store, ref)
        file = app_logs.log_of(store, found, home=store.place.home, number=instance)
    if follow:
        with suppress(KeyboardInterrupt):
            _follow(file, lines=lines)
        return
    if not (written := tail(file, lines=lines)):
        raise NoLogError(found.ref, number=instance)
    for line in written:
        print(line)


def _follow(file: Path, *, lines: int) -> None:
    """Print what is written there, also when nothing is there yet, until Ctrl-C."""
    from vitrina.apps.logs import Following

    with closing(Following(file, lines=lines)) as following:
        while True:
            for line in following.news():
                print(line, flush=True)
            time.sleep(LOOK_EVERY_S)
