"""One at a time: whoever reads all blobs, or takes some away, has a store's turn."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from vitrina.store.engine import Database
from vitrina.store.errors import VitrinaError

_LOCK = 0x5649_5443
"""The PostgreSQL advisory lock that a session holds while it has the turn."""


class TurnTakenError(VitrinaError):
    """Somebody else looks after the store at this moment."""

    status = 503
    permanent = False

    def __init__(self, where: str) -> None:
        super().__init__(
            f"Another check, backup, gc or export of the store at {where} is at work.",
            hint="Try again when it is done; it leaves nothing locked when it ends, however it ends.",
        )


@contextmanager
def turn(database: Database) -> Generator[None]:
    """Nobody else has it inside the block; raises TurnTakenError at once. The system takes it back from who dies."""
    address = database.engine.url
    holding = _file(Path(address.database or ""), database.where) if database.folder else _session(database)
    with holding:
        yield


@contextmanager
def _file(store: Path, where: str) -> Generator[None]:
    handle = os.open(store.with_name(f"{store.name}.turn"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TurnTakenError(where) from None
        yield
    finally:
        os.close(handle)


@contextmanager
def _session(database: Database) -> Generator[None]:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}):
            raise TurnTakenError(database.where)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})
