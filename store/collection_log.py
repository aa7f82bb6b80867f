"""The log of a collection: what was said of its versions, by whom, when and why. Nothing is taken out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import aliased

from vitrina.store import projects
from vitrina.store.engine import Transaction
from vitrina.store.records import Collection, Override, Promotion, Refusal, Version
from vitrina.store.schema.people import UserRow
from vitrina.store.schema.registry import PromotionRow, VersionRow

ACTIONS = {"stage": "promoted", "alias": "aliased", "notes": "noted", "deleted": "deleted", "restored": "restored"}
"""What the log of changes calls each kind of entry."""

DisplacedRow = aliased(VersionRow)


def entries(connection: Connection, collection: Collection, *, limit: int) -> list[Promotion]:
    """The newest entry first."""
    statement = (
        select(
            PromotionRow,
            VersionRow.number,
            DisplacedRow.number.label("displaced"),
            UserRow.name.label("maker"),
        )
        .join(VersionRow, VersionRow.id == PromotionRow.version_id)
        .outerjoin(DisplacedRow, DisplacedRow.id == PromotionRow.displaced_id)
        .outerjoin(UserRow, UserRow.id == PromotionRow.by)
        .where(PromotionRow.collection_id == collection.id)
        .order_by(PromotionRow.id.desc())
        .limit(limit)
    )
    return [
        Promotion(
            row.at,
            row.maker,
            row.number,
            row.kind,
            row.name,
            row.before,
            row.displaced,
            row.reason,
            _override(row.overridden),
        )
        for row in connection.execute(statement)
    ]


def _override(kept: Mapping[str, Any] | None) -> Override | None:
    if kept is None:
        return None
    return Override(kept["reason"], tuple(Refusal(**refusal) for refusal in kept["refusals"]))


def note(
    transaction: Transaction,
    version: Version,
    *,
    kind: str,
    name: str | None = None,
    before: str | None = None,
    displaced: int | None = None,
    reason: str = "",
    override: Override | None = None,
) -> None:
    """Appends an entry, and tells the log of changes."""
    row: dict[str, Any] = {
        "collection_id": version.collection.id,
        "version_id": version.id,
        "kind": kind,
        "name": name,
        "before": before,
        "displaced_id": displaced,
        "reason": reason,
        "overridden": asdict(override) if override is not None else None,
        "at": transaction.now,
        "by": transaction.user_id,
    }
    transaction.connection.execute(insert(PromotionRow).values(**row))
    project = version.collection.project
    data = {"kind": kind, "name": name, "before": before, "reason": reason}
    transaction.change(
        ACTIONS[kind],
        "version",
        version.id,
        ref=version.ref,
        project_id=project.id,
        data=data,
    )
    projects.touch(transaction, project.id)
