"""`vitrina app logs`: what an app wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli.app_named import APPS_FOLDER, AppRef, app_of
from vitrina.hub.cli.opened import opened
from vitrina.store.errors import NotFoundError

if TYPE_CHECKING:
    from vitrina.store.opening import Store
    from vitrina.store.records import App


class NoLogError(NotFoundError):
    """An app has written nothing on this machine."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            f"log of {ref} on this machine", hint=f"It is written when the app runs: vitrina app open {ref}"
        )


def logs(ref: AppRef, lines: Annotated[int, typer.Option("-n", "--lines", min=1)] = 40) -> None:
    """The last lines that an app wrote."""
    from vitrina.apps.logs import tail

    with opened() as store:
        found = app_of(store, ref)
        running = store.instances.of_revisions([found.revision_id]).get(found.revision_id)
        file = Path(running.log) if running is not None and running.log else _log(store, found)
    if not (written := tail(file, lines=lines)):
        raise NoLogError(found.ref)
    for line in written:
        print(line)


def _log(store: Store, found: App) -> Path:
    return store.place.home / APPS_FOLDER / "logs" / f"{found.label}.log"
