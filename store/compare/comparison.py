"""The comparison of several sides, and how the store is asked for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vitrina.store.compare.code import CodeChange, code_changes
from vitrina.store.compare.figures import Aggregate, Metric, is_number, metrics
from vitrina.store.compare.files import ComparedFile, files
from vitrina.store.compare.rivals import rivals
from vitrina.store.compare.rows import Row, rows
from vitrina.store.compare.sides import Chosen, Side, chosen, gather
from vitrina.store.errors import InvalidError
from vitrina.store.lookup import Found
from vitrina.store.measures import Better
from vitrina.store.opening import Store

MOST_SIDES = 20
"""More is a search, not a comparison."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All rows have one value a side, in the order of `sides`; the first is what the others are held against."""

    sides: tuple[Side, ...]
    metrics: tuple[Metric, ...]
    """Also outputs that are numbers."""

    params: tuple[Row, ...]
    outputs: tuple[Row, ...]
    """Those that are no numbers, or are called as a metric is."""

    fields: tuple[Row, ...]
    """Of signatures and schemas."""

    environment: tuple[Row, ...]
    files: tuple[ComparedFile, ...]
    code: tuple[CodeChange, ...]
    """For each side after the first."""


class NothingToCompareError(InvalidError):
    """One thing alone was given, and there is nothing by itself to hold it against."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            f"There is nothing to compare {ref} with.",
            hint="Give two or more references; a version alone is held against the one before it and production.",
        )


def compare(
    store: Store,
    things: Sequence[Found],
    *,
    by: Aggregate = Aggregate.LAST,
    better: Mapping[str, Better] | None = None,
) -> Comparison:
    """Compares what references name. A version alone comes last, after the one before it and the one in production.

    `by` says which value stands for a metric, `better` which way metrics improve whose name does not tell. Raises
    InvalidError for what cannot be compared, and NothingToCompareError.
    """
    if len(things) > MOST_SIDES:
        raise InvalidError(f"{len(things)} things are too many to compare.", hint=f"Give at most {MOST_SIDES}.")
    sides = [chosen(found) for found in things]
    if len(sides) == 1:
        sides = _with_rivals(store, things[0], sides[0])
    return compared(gather(store, sides), by=by, better=better)


def compared(
    sides: Sequence[Side], *, by: Aggregate = Aggregate.LAST, better: Mapping[str, Better] | None = None
) -> Comparison:
    """What is the same and what differs. Pure."""
    figures = metrics([side.series for side in sides], [side.outputs for side in sides], by=by, better=better)
    taken = {name for side in sides for name in side.series}
    rest = [
        {name: one.value for name, one in side.outputs.items() if name in taken or not is_number(one)} for side in sides
    ]
    return Comparison(
        sides=tuple(sides),
        metrics=tuple(figures),
        params=tuple(rows([{name: one.value for name, one in side.params.items()} for side in sides])),
        outputs=tuple(rows(rest)),
        fields=tuple(rows([side.fields for side in sides])),
        environment=tuple(rows([side.environment for side in sides])),
        files=tuple(files([side.files for side in sides])),
        code=tuple(code_changes([side.code for side in sides])),
    )


def _with_rivals(store: Store, found: Found, own: Chosen) -> list[Chosen]:
    """The oldest first, so that what was added is what this version added."""
    if found.version is None:
        raise NothingToCompareError(str(found.ref))
    collection = found.version.collection
    beside = rivals(found.version, store.registry.versions([collection.id])[collection.id])
    if len(beside) < 2:
        raise NothingToCompareError(found.version.ref)
    this, *others = beside
    others.sort(key=lambda one: one[0] != "former")
    return [*((role, None, version) for role, version in others), (this[0], *own[1:])]
