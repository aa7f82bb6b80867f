"""The runs that a query is about, and the values that they have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from vitrina.reports.embeds.embed import EmbedError, UnknownNameError
from vitrina.reports.keys import suggestion
from vitrina.reports.queries import Field, Head
from vitrina.reports.shelf import Shelf
from vitrina.reports.things import origin, thing_of
from vitrina.store.records import Run

OF_RUN = ("name", "status", "started", "duration")
"""Values that every run has, beside what it logged."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A run of a query, under the name by which it is told apart from the others."""

    label: str
    run: Run
    ref: str
    """Of the run, or of the version that was named."""

    origin: str
    """What it is, in words: `classifier 1.2.0`, `run brisk-heron`."""


def chosen(head: Head, shelf: Shelf) -> list[Chosen]:
    """The runs of a query in their order, at least one; raises EmbedError where none matches."""
    found = _named(head, shelf) if head.runs is not None and head.runs.refs else _of_project(head, shelf)
    if head.order is not None:
        found = _ordered(found, head, shelf)
    return found[: head.top] if head.top is not None else found


def value_of(field: Field, one: Chosen, shelf: Shelf) -> Any:
    """A run's value: of a metric the last, None where it has none of that name."""
    number = one.run.id
    if field.section in {"metrics", None} and (series := shelf.series(number).get(field.name)):
        return series.last if series.last is not None else math.nan
    if field.section in {"inputs", None} and (param := shelf.inputs(number).get(field.name)):
        return param.value
    if field.section in {"outputs", None} and (param := shelf.outputs(number).get(field.name)):
        return param.value
    return _of_run(field.name, one.run) if field.section is None else None


def numeric(value: Any) -> float | None:
    """The value as a number; None for what is none."""
    match value:
        case bool() | None:
            return None
        case int() | float():
            return float(value)
        case datetime():
            return value.timestamp()
        case _:
            return None


def known_names(chosen: Sequence[Chosen], shelf: Shelf, *, section: str | None = None) -> set[str]:
    """The names of values that at least one of the runs has."""
    names: set[str] = set()
    for one in chosen:
        number = one.run.id
        names |= set(shelf.series(number)) if section in {"metrics", None} else set()
        names |= set(shelf.inputs(number)) if section in {"inputs", None} else set()
        names |= set(shelf.outputs(number)) if section in {"outputs", None} else set()
    return names


def check_known(field: Field, chosen: Sequence[Chosen], shelf: Shelf, *, key: str) -> None:
    """Raises UnknownNameError for a value that none of the runs has; `key` is the fence's that names it."""
    if field.section is None and field.name in OF_RUN:
        return
    known = known_names(chosen, shelf, section=field.section)
    if field.name not in known:
        what = {"metrics": "a metric", "inputs": "an input", "outputs": "an output"}.get(field.section or "", "a value")
        raise UnknownNameError(f"None of these runs has {what} `{field.name}`.{suggestion(field.name, known)}", key=key)


def _named(head: Head, shelf: Shelf) -> list[Chosen]:
    assert head.runs is not None
    found: list[Chosen] = []
    things = [thing_of(ref, shelf) for ref in head.runs.refs]
    for thing in things:
        if thing.found.run_id is None:
            raise EmbedError(f"{thing.ref} was logged without a run, and has no metrics.")
        found.append(Chosen(thing.label, shelf.run(thing.found.run_id), thing.ref, origin(thing.found)))
    if len({one.label for one in found}) < len(found):
        # Versions of two models may have one number: then the model's name tells them apart.
        found = [replace(one, label=one.ref.rpartition("/")[2].replace("@", " ")) for one in found]
    return list({one.ref: one for one in found}.values())


def _of_project(head: Head, shelf: Shelf) -> list[Chosen]:
    project, tag = shelf.project(head.project), head.runs.tag if head.runs is not None else None
    runs = shelf.runs_of(project, tag)
    if not runs:
        tagged = f" with the tag `{tag}`" if tag is not None else ""
        raise UnknownNameError(f"{project.ref} has no run{tagged}.", key="runs")
    names = [run.name for run in runs]
    labels = [run.name if names.count(run.name) == 1 else f"{run.name} {run.uuid[:6]}" for run in runs]
    return [Chosen(label, run, run.ref, f"run {run.name}") for label, run in zip(labels, runs, strict=True)]


def _ordered(found: list[Chosen], head: Head, shelf: Shelf) -> list[Chosen]:
    assert head.order is not None
    field = head.order.by
    check_known(field, found, shelf, key="order")
    values = {one.ref: value_of(field, one, shelf) for one in found}
    there = [one for one in found if _sortable(values[one.ref]) is not None]
    missing = [one for one in found if _sortable(values[one.ref]) is None]
    there.sort(key=lambda one: _sortable(values[one.ref]) or (0, 0.0, ""), reverse=head.order.is_descending)
    return there + missing


def _sortable(value: Any) -> tuple[int, float, str] | None:
    """Numbers before words; None for what is missing or NaN, which stands last whatever the order."""
    number = numeric(value)
    if number is not None:
        return None if math.isnan(number) else (0, number, "")
    return None if value is None else (1, 0.0, str(value))


def _of_run(name: str, run: Run) -> Any:
    match name:
        case "name":
            return run.name
        case "status":
            return run.status.value
        case "started":
            return run.started_at
        case "duration":
            return run.duration_s
        case _:
            return None
