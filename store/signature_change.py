"""What a change of signature or schema asks of the number: major, minor or patch.

Major, where code that fits the former version may fail with this one:

- a field (an input, an output, a column) was removed or has another type; a renamed one is removed and added
- the inputs have another form (columns, or one array), or an array another size
- an input takes fewer categories than before

Minor, where something else of the promise changed:

- a field was added, or fields stand in another order
- a size of an array became free, categories came (or left an output or column)

Patch, where the promise is the same. What the rows at hand happened to hold (least, most, texts, gaps) is none of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from vitrina.store.versions import Bump, highest_bump

Field: TypeAlias = Mapping[str, Any]

SIDES = {"inputs": "input", "outputs": "output", "columns": "column"}
"""Where a signature or schema has fields, and what one of them is called."""

MOST_REASONS = 20
"""A table may have thousands of columns; so many changes are told, the gravest first."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a signature."""

    bump: Bump
    reasons: tuple[str, ...] = ()
    """One for each thing that changed, the gravest first: "input 'age' was removed"."""


def change_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    """Compares the signatures (or schemas) of two versions."""
    found = sorted(_changes(before, after), key=lambda one: one[0] is not Bump.MAJOR)
    reasons = [reason for _, reason in found[:MOST_REASONS]]
    if len(found) > MOST_REASONS:
        reasons.append(f"and {len(found) - MOST_REASONS} more")
    return Change(highest_bump(bump for bump, _ in found), tuple(reasons))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[Bump, str]]:
    if before.get("form") != after.get("form") and before.get("form") and after.get("form"):
        yield Bump.MAJOR, f"the inputs are {_form(after)}, they were {_form(before)}"
    for side, word in SIDES.items():
        yield from _of_side(word, _fields(before, side), _fields(after, side))


def _of_side(word: str, before: Mapping[str, Field], after: Mapping[str, Field]) -> Iterator[tuple[Bump, str]]:
    for name, field in before.items():
        if name not in after:
            yield Bump.MAJOR, f"{word} {name!r} was removed"
        else:
            yield from _of_field(word, name, field, after[name])
    for name in after:
        if name not in before:
            yield Bump.MINOR, f"{word} {name!r} was added"
    kept = [name for name in before if name in after]
    if kept != [name for name in after if name in before]:
        yield Bump.MINOR, f"the {word}s stand in another order"


def _of_field(word: str, name: str, before: Field, after: Field) -> Iterator[tuple[Bump, str]]:
    called = f"{word} {name!r}"
    if before.get("type") != after.get("type"):
        yield Bump.MAJOR, f"{called} is {after.get('type')}, it was {before.get('type')}"
        return
    old, new = before.get("shape"), after.get("shape")
    if old != new:
        bump = Bump.MINOR if _is_freed(old, new) else Bump.MAJOR
        yield bump, f"{called} is {_shape(new)}, it was {_shape(old)}"
    yield from _of_categories(called, before, after, is_input=word == SIDES["inputs"])


def _of_categories(called: str, before: Field, after: Field, *, is_input: bool) -> Iterator[tuple[Bump, str]]:
    old, new = cast("list[Any]", before.get("categories") or []), cast("list[Any]", after.get("categories") or [])
    if gone := [value for value in old if value not in new]:
        yield (Bump.MAJOR if is_input and new else Bump.MINOR), f"{called} has no {_few(gone)} any more"
    if came := [value for value in new if value not in old]:
        yield (Bump.MAJOR if is_input and not old else Bump.MINOR), f"{called} has {_few(came)} now"


def _is_freed(before: Sequence[int] | None, after: Sequence[int] | None) -> bool:
    """Whether all that fitted fits still: each size is as it was, or free (-1)."""
    if before is None or after is None or len(before) != len(after):
        return False
    return all(new in {old, -1} for old, new in zip(before, after, strict=True))


def _fields(signature: Mapping[str, Any], side: str) -> dict[str, Field]:
    return {str(field.get("name")): field for field in cast("Sequence[Field]", signature.get(side) or ())}


def _form(signature: Mapping[str, Any]) -> str:
    return {"frame": "columns", "array": "an array"}.get(str(signature["form"]), str(signature["form"]))


def _shape(sizes: Sequence[int] | None) -> str:
    return " × ".join("any" if size == -1 else str(size) for size in sizes) if sizes else "without a shape"


def _few(values: Sequence[Any]) -> str:
    told = ", ".join(repr(value) for value in values[:3])
    return told if len(values) <= 3 else f"{told} and {len(values) - 3} more"
