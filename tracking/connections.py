"""The places that this process talks to."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from vitrina.store.home import Place
from vitrina.tracking.settings import Settings
from vitrina.tracking.sinks.reader import Reader
from vitrina.tracking.sinks.sink import Sink


@dataclass(frozen=True, slots=True)
class Connection:
    """A place, to write to and to read from."""

    sink: Sink
    reader: Reader
    is_disabled: bool = False
    """Whether what is written goes nowhere, so that nobody needs to prepare it."""


class Connections:
    """Each place is opened once, at first use, and stays usable until the process ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[Place, Connection] = {}
        self._instead: Connection | None = None

    def to(self, settings: Settings) -> Connection:
        """The connection for these settings. Raises what opening a store raises."""
        if self._instead is not None:
            return self._instead
        if settings.is_disabled:
            return _nowhere()
        with self._lock:
            if settings.place not in self._open:
                self._open[settings.place] = _store(settings.place)
            return self._open[settings.place]

    @contextmanager
    def all_to(self, connection: Connection) -> Generator[None]:
        """Inside the block everything goes to one connection, whatever the settings say: for tests."""
        before, self._instead = self._instead, connection
        try:
            yield
        finally:
            self._instead = before

    def close(self) -> None:
        """Frees what the connections hold; each opens again when it is used again."""
        with self._lock:
            for connection in self._open.values():
                connection.sink.close()


def _nowhere() -> Connection:
    from vitrina.tracking.sinks.nowhere import Nowhere

    nowhere = Nowhere()
    return Connection(nowhere, nowhere, is_disabled=True)


def _store(place: Place) -> Connection:
    """SQLAlchemy is imported here, by whoever logs or reads first."""
    from vitrina.tracking.sinks.sql import SqlSink, open_for_tracking
    from vitrina.tracking.sinks.sql_reader import SqlReader

    store = open_for_tracking(place)
    return Connection(SqlSink(store), SqlReader(store))


CONNECTIONS = Connections()
"""Those of this process: opening a store costs more than everything that a run does with it."""
