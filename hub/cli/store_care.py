"""`vitrina store check` and `gc`"""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json

if TYPE_CHECKING:
    from vitrina.store.care.check import Checked
    from vitrina.store.care.gc import Taken

WRONG = 1

_AGE = re.compile(r"(\d+)(d|h|m)")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def check(
    repair: Annotated[bool, typer.Option("--repair", help="Repair what can be; nothing logged is removed.")] = False,
    backup: Annotated[
        Path | None, typer.Option("--from", help="A folder of backups, to bring blobs back from; with --repair.")
    ] = None,
    json: Json = False,
) -> None:
    """Read every blob, reference and digest of the store; ends with 1 when something is wrong."""
    if backup is not None and not repair:
        raise typer.BadParameter("--from needs --repair.")
    with opened() as store:
        from vitrina.store.care.check import check as examine

        checked = examine(store, repair=repair, backup=backup, told=progress)
    if json:
        printing.as_json(_checked(checked))
    else:
        _tell_checked(checked)
    if not checked.is_sound:
        raise typer.Exit(WRONG)


def gc(
    older_than: Annotated[str, typer.Option(help="How long ago it was deleted, or needed last: 7d, 12h, 0d.")] = "7d",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go; take nothing.")] = False,
    json: Json = False,
) -> None:
    """Take what was deleted and what nobody refers to. Bytes that were put within a day are left in any case."""
    age = _age(older_than)
    with opened() as store:
        from vitrina.store.care.gc import gc as collect

        taken = collect(store, older_than=age, dry_run=dry_run, told=progress)
    if json:
        printing.as_json(_taken(taken, dry_run=dry_run))
    else:
        _tell_taken(taken, dry_run=dry_run)


def progress(line: str) -> None:
    """What long work is at, for people: on standard error."""
    print(f"{line} …", file=sys.stderr)


def _age(said: str) -> timedelta:
    found = _AGE.fullmatch(said)
    if found is None:
        raise typer.BadParameter(f"{said!r} is no age; such as 7d, 12h or 30m.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _checked(checked: Checked) -> dict[str, object]:
    findings = [
        {"trouble": finding.trouble, "what": finding.what, "repaired": finding.is_repaired}
        for finding in checked.findings
    ]
    counts = {"blobs": checked.blobs, "size": checked.size, "unneeded": checked.unneeded}
    return {"sound": checked.is_sound, **counts, "findings": findings}


def _tell_checked(checked: Checked) -> None:
    for finding in checked.findings:
        print(f"{finding.trouble}: {finding.what}" + (" (repaired)" if finding.is_repaired else ""))
    left = sum(not finding.is_repaired for finding in checked.findings)
    read = f"{checked.blobs} blobs ({printing.size(checked.size)}) and every reference were read"
    unneeded = f" {checked.unneeded} blobs are needed by nobody: vitrina store gc" if checked.unneeded else ""
    print(f"{read}: {left or 'nothing'} {'is' if left < 2 else 'are'} wrong.{unneeded}")


def _taken(taken: Taken, *, dry_run: bool) -> dict[str, object]:
    blobs = {"blob_rows": taken.blob_rows, "blobs": taken.blobs, "size": taken.size, "leftovers": taken.leftovers}
    return {"dry_run": dry_run, "things": taken.things, **blobs}


def _tell_taken(taken: Taken, *, dry_run: bool) -> None:
    parts = [f"{count} {name}" for name, count in taken.things.items()]
    parts += [f"{taken.blobs} blobs ({printing.size(taken.size)})"] if taken.blobs else []
    parts += [f"{taken.leftovers} files of broken writes"] if taken.leftovers else []
    if taken.blob_rows and not taken.blobs:
        parts.append(f"{taken.blob_rows} entries of blobs, whose bytes go when they are a day old")
    what = ", ".join(parts)
    if not parts:
        print("There is nothing to take.")
    else:
        print(f"Would take {what}." if dry_run else f"Took {what}.")
