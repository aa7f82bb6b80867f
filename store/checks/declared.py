"""Checks as YAML says them.

checks:
  - not_null: [id, age]
  - unique: id
  - range: {column: age, min: 0, max: 120}
  - allowed: {column: plan, values: [basic, pro]}
  - row_count: {min: 100}
  - skew: {column: bill, max: 3}
  - condition: paid <= bill
    name: nobody paid too much
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from vitrina.store.checks.check import (
    Bound,
    Check,
    CheckError,
    allowed,
    between,
    condition,
    not_null,
    row_count,
    skew,
    unique,
)
from vitrina.store.libraries import load

ENDINGS = (".checks.yaml", ".checks.yml")
"""Of the file beside a file: `customers.checks.yaml` beside `customers.csv`."""

INSIDE = ("checks.yaml", "checks.yml")
"""The file inside a folder."""


def beside(data: Path) -> Path | None:
    """The file that declares the checks of a file or folder; None: there is none."""
    stem = data.name.split(".")[0]
    places = [data / name for name in INSIDE] if data.is_dir() else [data.with_name(stem + end) for end in ENDINGS]
    return next((place for place in places if place.is_file()), None)


def read(file: Path) -> list[Check]:
    """The checks of a YAML file. Raises CheckError, which names the entry."""
    yaml = load("yaml", extra="frames", purpose="Reading checks from YAML")
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise CheckError(f"{file} cannot be read: {error}") from error
    entries = cast("Mapping[str, Any]", found).get("checks") if isinstance(found, Mapping) else found
    if not isinstance(entries, list):
        raise CheckError(f"{file} has no list of checks.", hint="It begins with `checks:`, and lists them with dashes.")
    return [_entry(file, place, one) for place, one in enumerate(cast("list[object]", entries), start=1)]


def _entry(file: Path, place: int, entry: object) -> Check:
    where = f"Check {place} of {file.name}"
    if not isinstance(entry, Mapping):
        raise CheckError(f"{where} is no mapping.", hint=f"Write one of {', '.join(KINDS)}, as `- unique: id`.")
    said = dict(cast("Mapping[str, Any]", entry))
    name = str(said.pop("name", ""))
    if len(said) != 1 or (kind := next(iter(said))) not in KINDS:
        raise CheckError(
            f"{where} has {', '.join(map(str, said)) or 'nothing'}.", hint=f"There are {', '.join(KINDS)}."
        )
    try:
        return KINDS[kind](said[kind], name)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise CheckError(f"{where} ({kind}) is not complete: {error}.", hint=f"As in:\n{__doc__}") from error


def _names(said: object) -> Sequence[str]:
    return [str(one) for one in cast("list[object]", said)] if isinstance(said, list) else [str(said)]


def _number(said: object) -> float:
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise TypeError(f"{said!r} is no number")
    return said


def _bound(said: object) -> Bound | None:
    return said.isoformat() if isinstance(said, date | datetime) else cast("Bound | None", said)


KINDS: Mapping[str, Callable[[Any, str], Check]] = {
    "not_null": lambda said, name: not_null(*_names(said), name=name),
    "unique": lambda said, name: unique(*_names(said), name=name),
    "range": lambda said, name: between(said["column"], _bound(said.get("min")), _bound(said.get("max")), name=name),
    "allowed": lambda said, name: allowed(said["column"], *said["values"], name=name),
    "row_count": lambda said, name: row_count(said.get("min"), said.get("max"), name=name),
    "skew": lambda said, name: skew(said["column"], _number(said["max"]), name=name),
    "condition": lambda said, name: condition(str(said), name=name),
}
