"""`vitrina store backup` and `restore`"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.opened import opened, refuse_hub
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.store_care import progress

if TYPE_CHECKING:
    from vitrina.store.care.backup import Backup

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of backups; it may hold earlier ones.")]


def backup(folder: Folder, json: Json = False) -> None:
    """Copy the store into a folder while others use it; blobs that an earlier backup has are not copied again."""
    with opened() as store:
        from vitrina.store.care.backup import backup as copy

        made = copy(store, folder.absolute(), told=progress)
    if json:
        printing.as_json(_data(made))
        return
    print(f"{made.folder}: {made.blobs} blobs ({printing.size(made.size)}), {made.new_blobs} of them new.")


def restore(
    folder: Folder,
    at: Annotated[str | None, typer.Option(help="Name of the backup; without it the newest.")] = None,
    json: Json = False,
) -> None:
    """Make a store of a backup, where VITRINA_URL and VITRINA_HOME say and no store is."""
    refuse_hub(os.environ.get("VITRINA_URL"))
    from vitrina.store import home
    from vitrina.store.care.backup import restore as bring_back

    place = home.place()
    made = bring_back(folder.absolute(), place, clock=lambda: datetime.now(UTC), name=at, told=progress)
    if json:
        printing.as_json(_data(made))
        return
    print(f"Restored {made.folder} ({made.blobs} blobs, {printing.size(made.size)}).")


def _data(made: Backup) -> dict[str, object]:
    about = {"name": made.name, "folder": str(made.folder), "database": made.database, "schema": made.schema}
    counts = {"blobs": made.blobs, "size": made.size, "new_blobs": made.new_blobs}
    return {**about, "made_at": made.made_at.isoformat(), **counts}
