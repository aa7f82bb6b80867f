"""What commands print: JSON for programs, aligned columns for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, cast

import typer

from vitrina.store.charts.data import plain

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

MISSING = "–"
GAP = "  "


def as_json(value: object) -> None:
    """What is no number (NaN, infinities) is null."""
    print(json.dumps(plain(value), ensure_ascii=False, indent=2, allow_nan=False))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Columns under headings; `empty` is said where there is no row."""
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        print(empty)
        return
    widths = [max(len(line[place]) for line in [headings, *cells]) for place in range(len(headings))]
    for line in [headings, *cells]:
        print(GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def facts(pairs: Iterable[tuple[str, object]]) -> None:
    """Names and values, one a line; those without a value are left out."""
    shown = [(name, _cell(value)) for name, value in pairs if value not in {None, "", ()}]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        print(f"{name.ljust(width)}{GAP}{value}")


def ago(then: datetime | None) -> str:
    """A time as people say it."""
    import arrow

    return arrow.get(then).humanize() if then is not None else MISSING


def size(size_bytes: int) -> str:
    """In steps of 1000."""
    amount = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.3g} TB"


def _cell(value: object) -> str:
    match value:
        case None | "":
            return MISSING
        case float():
            return f"{value:.6g}"
        case tuple() | list():
            return ", ".join(str(item) for item in cast("Iterable[object]", value)) or MISSING
        case _:
            return str(value)
