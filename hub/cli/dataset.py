"""`vitrina dataset …`"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.versioned import VersionRef, version_of, with_verbs
from vitrina.store.errors import NotFoundError
from vitrina.store.refs import Noun

if TYPE_CHECKING:
    from vitrina.store.dataset_diff import DatasetDiff
    from vitrina.store.drift import ColumnDrift
    from vitrina.store.tabular.comparing import Rows

app = with_verbs(Noun.DATASET, "Datasets and their versions.")


@app.command()
def preview(
    ref: VersionRef,
    random: Annotated[bool, typer.Option("--random", help="Random rows, always the same, not the first.")] = False,
    json: Json = False,
) -> None:
    """Some rows of a dataset version, as they were kept when it was logged."""
    with opened() as store:
        version = version_of(store, Noun.DATASET, ref)
    kept = cast("Mapping[str, Any]", version.summary.get("preview") or {})
    if not kept:
        raise NotFoundError(
            f"preview of {version.ref}", hint="Tables have one that are logged since 0.2; pull its files."
        )
    if json:
        printing.as_json(kept)
        return
    rows = cast("Sequence[Sequence[object]]", [cells for _, cells in kept["random"]] if random else kept["first"])
    printing.table(cast("Sequence[str]", kept["columns"]), rows, empty="It has no rows.")


@app.command()
def checks(ref: VersionRef, json: Json = False) -> None:
    """What the checks of a dataset version found; exits with 1 when one failed."""
    with opened() as store:
        version = version_of(store, Noun.DATASET, ref)
        checking = store.checks.of([version.id]).get(version.id)
    results = checking.results if checking is not None else ()
    if json:
        printing.as_json([result.as_dict() for result in results])
    else:
        rows = [(one.outcome, one.title, one.said, one.examples) for one in results]
        printing.table(("OUTCOME", "CHECK", "FOUND", "EXAMPLES"), rows, empty=f"{version.ref} was never checked.")
    if checking is not None and checking.failed:
        raise typer.Exit(1)


@app.command()
def diff(
    before: VersionRef,
    after: VersionRef,
    key: Annotated[
        list[str] | None,
        typer.Option("--key", help="Column by which a row is known again; may be given several times."),
    ] = None,
    json: Json = False,
) -> None:
    """What became of a dataset from one version to another: columns, how far they moved apart, and rows."""
    from vitrina.store.dataset_diff import diff as difference

    with opened() as store:
        old, new = (version_of(store, Noun.DATASET, ref) for ref in (before, after))
        found = difference(old, new, pull=store.registry.pull, key=key)
    if json:
        printing.as_json(found.as_dict())
    else:
        _print(found)


def _print(found: DatasetDiff) -> None:
    print(f"{found.before} to {found.after}\n")
    headings = ("COLUMN", "CHANGE", "TYPE", "PSI", "KS", "MISSING BEFORE", "AFTER")
    printing.table(headings, [_line(column) for column in found.columns], empty="No profile is kept of one of them.")
    print()
    if found.rows is None:
        print("Their rows cannot be compared: one of the two has no table in the store.")
    else:
        _print_rows(found.rows)


def _line(column: ColumnDrift) -> tuple[object, ...]:
    types = column.after if column.before == column.after else f"{column.before or '–'} to {column.after or '–'}"
    missing = [f"{share:.1%}" for share in column.missing] if column.missing is not None else ["", ""]
    return (column.name, column.change, types, column.psi, column.ks, *missing)


def _print_rows(rows: Rows) -> None:
    by = f"by {', '.join(rows.key)}" if rows.key else "as a whole, since no column tells them apart"
    print(f"{rows.before:,} rows before, {rows.after:,} after; compared {by}:")
    print(f"  {rows.added:,} added, {rows.removed:,} removed, {rows.changed:,} changed")
    for name, count in rows.by_column.items():
        print(f"  {name}: changed in {count:,}")
    for one in rows.examples.get("changed", ()):
        told = "; ".join(f"{name}: {old} to {new}" for name, (old, new) in one["columns"].items())
        print(f"  {', '.join(map(str, one['key']))}: {told}")
