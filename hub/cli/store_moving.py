"""`vitrina store export` and `import`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.project import project_name
from vitrina.hub.cli.store_care import progress

if TYPE_CHECKING:
    from vitrina.store.care.importing import Imported

File = Annotated[Path, typer.Argument(metavar="FILE", help="One file, such as churn.vitrina.")]


def export(
    ref: Annotated[str, typer.Argument(metavar="PROJECT", help="owner/name")], file: File, json: Json = False
) -> None:
    """Write a project with all that is in it into one file, for another store of any kind."""
    owner, name = project_name(ref)
    with opened() as store:
        from vitrina.store.care.exporting import export as write

        written = write(store, store.projects.get(owner, name), file, told=progress)
    if json:
        printing.as_json({"ref": written.ref, "rows": written.rows, "blobs": written.blobs, "size": written.size})
        return
    size = printing.size(written.size)
    print(f"{file}: {written.ref} with {written.rows} rows and {written.blobs} blobs ({size}).")


def import_(file: File, json: Json = False) -> None:
    """Bring a project from a file; what is there already stays as it is, so that doing it twice adds nothing."""
    with opened() as store:
        from vitrina.store.care.importing import import_ as read

        imported = read(store, file, told=progress)
    if json:
        printing.as_json({"ref": imported.ref, "added": imported.added, "blobs": imported.blobs})
        return
    _tell(imported)


def _tell(imported: Imported) -> None:
    added = ", ".join(f"{count} {table.replace('_', ' ')}" for table, count in imported.added.items() if count)
    print(f"{imported.ref}: " + (f"added {added}." if added else "all of it is there already."))
