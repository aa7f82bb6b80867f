"""What a store keeps of itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from vitrina.store.engine import Database
from vitrina.store.schema.changes import SettingRow
from vitrina.store.statements import upsert

BLOBS = "blobs"
"""The setting that says where blobs lie (see `vitrina.store.blobs.places`)."""


class StoreSettings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> Any:
        """The value of a setting; None when it was never set."""
        with self._database.reading() as connection:
            return connection.scalar(select(SettingRow.value).where(SettingRow.key == key))

    def keep_first(self, key: str, value: Any) -> Any:
        """Sets a value unless there is one; gives the one that stands. Two at once agree on the winner's."""
        if (found := self.get(key)) is not None:
            return found
        with self._database.writing() as transaction:
            connection = transaction.connection
            insertion = upsert(connection, SettingRow)
            connection.execute(insertion.values(key=key, value=value).on_conflict_do_nothing())
            return connection.scalar(select(SettingRow.value).where(SettingRow.key == key))
