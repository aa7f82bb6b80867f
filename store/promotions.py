"""Stages and aliases: which version people mean, and the log of how that came to be."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from vitrina.store import catalogue, collection_log, gates
from vitrina.store.checks.gate import ChecksGate
from vitrina.store.engine import Database, Transaction
from vitrina.store.errors import NotFoundError
from vitrina.store.gates import Gate
from vitrina.store.records import Collection, Promotion, Version
from vitrina.store.schema.registry import AliasRow, VersionRow
from vitrina.store.statements import upsert
from vitrina.store.versions import Stage, alias_name

GATES: tuple[Gate, ...] = (ChecksGate(),)
"""The gates there are, in the order in which they are asked."""


class Promotions:
    def __init__(self, database: Database, user_id: int | None, *, gates: Sequence[Gate] = GATES) -> None:
        self._database = database
        self._user_id = user_id
        self._gates = gates

    def promote(
        self, version: Version, stage: Stage | None, *, reason: str = "", override: str | None = None
    ) -> Version:
        """Gives a version a stage (None takes it away); one that has the stage already is left as it is.

        One version of a collection is in production: the one that was is archived by the same entry of the log. Gates
        are asked first, and one that refuses stops it (GateRefusedError), unless `override` says why it may go on: that
        reason and what the gates had said are kept in the log.
        """
        with self._database.writing(self._user_id) as transaction:
            connection = transaction.connection
            catalogue.lock(transaction, version.collection)
            current = catalogue.get_version(connection, version.id)
            if current.stage == stage:
                return current
            overridden = gates.ask(self._gates, connection, current, stage, override=override)
            displaced = _displace(transaction, current) if stage is Stage.PRODUCTION else None
            _set_stage(connection, version.id, stage)
            collection_log.note(
                transaction,
                current,
                kind="stage",
                name=stage,
                before=current.stage,
                displaced=displaced,
                reason=reason,
                override=overridden,
            )
            return catalogue.get_version(connection, version.id)

    def alias(self, version: Version, name: str, *, reason: str = "") -> Version:
        """Lets a name point to a version; it leaves the one that it pointed to."""
        name = alias_name(name)
        with self._database.writing(self._user_id) as transaction:
            connection = transaction.connection
            catalogue.lock(transaction, version.collection)
            collection_id = version.collection.id
            held = select(AliasRow.version_id).where(AliasRow.collection_id == collection_id, AliasRow.name == name)
            before = connection.scalar(held)
            if before == version.id:
                return catalogue.get_version(connection, version.id)
            insertion = upsert(connection, AliasRow)
            row = insertion.values(collection_id=collection_id, name=name, version_id=version.id)
            replaced = {"version_id": version.id}
            connection.execute(row.on_conflict_do_update(index_elements=["collection_id", "name"], set_=replaced))
            number = catalogue.get_version(connection, before).number if before is not None else None
            collection_log.note(
                transaction, version, kind="alias", name=name, before=number, displaced=before, reason=reason
            )
            return catalogue.get_version(connection, version.id)

    def drop_alias(self, collection: Collection, name: str) -> None:
        """Takes an alias away; raises NotFoundError when there is none."""
        with self._database.writing(self._user_id) as transaction:
            gone = delete(AliasRow).where(AliasRow.collection_id == collection.id, AliasRow.name == name)
            held = transaction.connection.execute(gone.returning(AliasRow.version_id)).scalar_one_or_none()
            if held is None:
                raise NotFoundError(f"alias {collection.ref}@{name}")
            version = catalogue.get_version(transaction.connection, held)
            collection_log.note(transaction, version, kind="alias", before=name, displaced=held)

    def history(self, collection: Collection, *, limit: int = 100) -> list[Promotion]:
        """The log of a collection, the newest entry first."""
        with self._database.reading() as connection:
            return collection_log.entries(connection, collection, limit=limit)


def _displace(transaction: Transaction, version: Version) -> int | None:
    """Archives the version in production; gives its id."""
    statement = select(VersionRow.id).where(
        VersionRow.collection_id == version.collection.id, VersionRow.stage == Stage.PRODUCTION
    )
    former: int | None = transaction.connection.scalar(statement)
    if former is not None:
        _set_stage(transaction.connection, former, Stage.ARCHIVED)
    return former


def _set_stage(connection: Connection, version_id: int, stage: Stage | None) -> None:
    connection.execute(update(VersionRow).where(VersionRow.id == version_id).values(stage=stage))
