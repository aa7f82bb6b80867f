"""`vitrina app logs`: what an app wrote, and what it writes now."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli.app_named import APPS_FOLDER, AppRef, app_of
from vitrina.hub.cli.opened import opened
from vitrina.store.errors import NotFoundError

if TYPE_CHECKING:
    from vitrina.store.opening import Store
    from vitrina.store.records import App

LOGS = "logs"

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

    with opened() as store:
        found = app_of(store, ref)
        file = _log(store, found, number=instance)
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


def _log(store: Store, found: App, *, number: int | None) -> Path:
    """Where hubs say that it is, else where it would be."""
    from vitrina.apps import logs as app_logs

    told = store.instances.of_revision(found.revision_id)
    if number is None:
        foremost = store.instances.of_revisions([found.revision_id]).get(found.revision_id)
        told = [foremost] if foremost is not None else []
    else:
        told = [running for running in told if running.number == number]
    said = next((running.log for running in told if running.log), None)
    usual = store.place.home / APPS_FOLDER / LOGS / app_logs.name(found.label, number=number or 1)
    return Path(said) if said else usual
