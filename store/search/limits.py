"""The time that a search may take: it is cut off by the database itself."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import cast

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from vitrina.store.search.errors import SearchTooSlowError

LONGEST_S = 10.0

_STEPS = 20_000
"""SQLite's steps between two looks at the clock: some hundred microseconds."""

_CANCELED = "57014"
"""PostgreSQL's code for a statement that was ended."""


@contextmanager
def at_most(
    connection: Connection, limit_s: float, *, monotonic: Callable[[], float] = time.monotonic
) -> Generator[None]:
    """Inside the block, what is asked of the connection ends after so long: SearchTooSlowError."""
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        deadline = monotonic() + limit_s
        _raw(connection).set_progress_handler(lambda: monotonic() > deadline, _STEPS)
    else:
        connection.execute(text(f"SET LOCAL statement_timeout = {max(1, round(limit_s * 1000))}"))
    try:
        yield
    except DBAPIError as error:
        if "interrupted" in str(error.orig) or getattr(error.orig, "sqlstate", None) == _CANCELED:
            raise SearchTooSlowError(limit_s) from error
        raise
    finally:
        if is_sqlite:
            _raw(connection).set_progress_handler(None, 0)


def _raw(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)
