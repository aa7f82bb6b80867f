"""For tests of code that logs: what it logs goes to a store of its own, and can be asserted.

    from vitrina.tracking import testing

    def test_training_logs_its_loss():
        with testing.capture() as captured:
            train()
            assert captured.run.get_metrics("loss")["loss"][-1].value < 0.1

It is a real store in a folder that is gone after the block: versions are numbered, models saved and loaded as ever.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from vitrina.store.errors import ConflictError
from vitrina.store.opening import Store, open_store
from vitrina.tracking.connections import CONNECTIONS, Connection
from vitrina.tracking.reading import RunHandle
from vitrina.tracking.sinks.sql import SqlSink
from vitrina.tracking.sinks.sql_reader import SqlReader


class Captured:
    """What was logged so far, to be read inside the block."""

    def __init__(self, store: Store, connection: Connection) -> None:
        self._store = store
        self._connection = connection

    @property
    def runs(self) -> Sequence[RunHandle]:
        """All runs, the newest first."""
        projects = self._store.projects.list()
        records = [run for project in projects for run in self._store.runs.list(project, limit=1000).items]
        newest_first = sorted(records, key=lambda run: run.id, reverse=True)
        return [RunHandle(run, self._connection) for run in newest_first]

    @property
    def run(self) -> RunHandle:
        """The one run. Raises ConflictError when there is none, or more than one."""
        found = self.runs
        if len(found) != 1:
            raise ConflictError(f"{len(found)} runs were logged, not one.", hint="Look at captured.runs.")
        return found[0]


@contextmanager
def capture() -> Generator[Captured]:
    """Inside the block all calls log to a new, empty store and read from it, whatever the environment says."""
    with tempfile.TemporaryDirectory(prefix="vitrina-test-") as folder, open_store(home=Path(folder)) as store:
        connection = Connection(SqlSink(store), SqlReader(store))
        with CONNECTIONS.all_to(connection):
            yield Captured(store, connection)
