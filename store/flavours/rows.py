"""Rows as people and programs give them, as libraries take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from vitrina.store.flavours.flavour import FlavourError
from vitrina.store.frames import is_frame
from vitrina.store.libraries import load


def rows_of(x: object) -> list[dict[str, Any]] | None:
    """One row as a dict, or rows as a list of dicts, as that list; None for all else."""
    if isinstance(x, dict):
        return [cast("dict[str, Any]", x)]
    if isinstance(x, list) and x and all(isinstance(row, dict) for row in cast("list[object]", x)):
        return cast("list[dict[str, Any]]", x)
    return None


def ordered(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """The rows with these fields only, in their order. Raises FlavourError for one that is missing."""
    for row in rows:
        if missing := [name for name in names if name not in row]:
            raise FlavourError(f"A row has no field {missing[0]!r}.", hint=f"Fields are {', '.join(names)}.")
    return [{name: row[name] for name in names} for row in rows]


def frame_of(x: Any, names: Sequence[str] | None) -> Any:
    """Rows given as dicts become a pandas frame with the columns that the model knows, in its order (None: those of the
    first row); what is no such rows stays as it is."""
    rows = rows_of(x)
    if rows is None:
        return x
    pandas = load("pandas", extra="frames", purpose="Asking a model by its columns' names")
    return pandas.DataFrame(ordered(rows, list(names) if names is not None else list(rows[0])))


def array_of(x: Any, names: Sequence[str] | None = None) -> Any:
    """Rows, a frame or an array as one array of numbers, row by row; `names` are the columns to take from a frame."""
    numpy = load("numpy", extra="frames", purpose="Asking a model")
    rows = rows_of(x)
    if rows is not None:
        return numpy.asarray(
            [list(row.values()) for row in ordered(rows, list(names) if names is not None else list(rows[0]))]
        )
    if is_frame(x) and names is not None:
        if missing := [name for name in names if name not in x.columns]:
            raise FlavourError(f"There is no column {missing[0]!r}.", hint=f"Columns are {', '.join(names)}.")
        x = x[list(names)]
    return numpy.asarray(x.detach().cpu() if hasattr(x, "detach") else x)
