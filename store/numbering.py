"""Which number the next version of a collection gets, and what its signature asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, tuple_

from vitrina.store import catalogue
from vitrina.store.records import Collection
from vitrina.store.schema.registry import VersionRow
from vitrina.store.signature_change import Change, change_of
from vitrina.store.versions import FIRST, Bump, bump_between, next_version, place_of


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a number. Both None: what the signature asks for, else a patch."""

    number: str | None = None
    bump: Bump | None = None


@dataclass(frozen=True, slots=True)
class Numbered:
    """The number of a version to be made, and why it is that one."""

    number: str
    given: Bump | None = None
    """What was asked for in words, or what the number asked for amounts to; None: nothing was asked."""

    found: Change | None = None
    """What the signature asks for beside that of the version below; None: one of the two is not known."""

    @property
    def note(self) -> dict[str, Any] | None:
        """What is kept of it with the version; None where there is nothing to explain."""
        if self.found is None or self.given is self.found.bump:
            return None
        given = {"given": self.given} if self.given is not None else {}
        if not given and self.found.bump is Bump.PATCH:
            return None
        return {**given, "asked": self.found.bump, "why": list(self.found.reasons)}


def number_of(
    connection: Connection, collection: Collection, signature: Mapping[str, Any] | None, wish: Wish
) -> Numbered:
    """Decides on a number, while the collection is locked.

    The signature is held against that of the highest version below the number that was asked for, else of the highest
    there is; versions that were deleted promise nothing, but the next number follows them too.
    """
    below = _below(connection, collection, wish.number)
    found = _change(below[1] if below is not None else None, signature)
    if wish.number is not None:
        given = bump_between(below[0], wish.number) if below is not None else None
        return Numbered(wish.number, given, found)
    highest = connection.scalar(
        select(VersionRow.number)
        .where(VersionRow.collection_id == collection.id)
        .order_by(*catalogue.highest_first())
        .limit(1)
    )
    if highest is None:
        return Numbered(FIRST, None, None)
    bump = wish.bump or (found.bump if found is not None else Bump.PATCH)
    return Numbered(next_version(highest, bump), wish.bump, found)


def _below(
    connection: Connection, collection: Collection, number: str | None
) -> tuple[str, Mapping[str, Any] | None] | None:
    statement = select(VersionRow.number, VersionRow.signature).where(
        VersionRow.collection_id == collection.id, VersionRow.deleted_at.is_(None)
    )
    if number is not None:
        statement = statement.where(tuple_(*place_of(number)) > catalogue.PRECEDENCE)
    row = connection.execute(statement.order_by(*catalogue.highest_first()).limit(1)).one_or_none()
    return (row.number, row.signature) if row is not None else None


def _change(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Change | None:
    return change_of(before, after) if before is not None and after is not None else None
