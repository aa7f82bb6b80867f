"""A store through any history of puts, rows, deletions, waiting and collecting: what is referred to is always there."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule
from sqlalchemy import delete, update

from vitrina.store.blobs import Stored
from vitrina.store.care.check import check
from vitrina.store.care.gc import gc
from vitrina.store.opening import open_store
from vitrina.store.project_blobs import BlobTooOldError, keep
from vitrina.store.records import Status
from vitrina.store.schema.objects import ObjectRow
from vitrina.store.schema.runs import RunRow

CONTENTS = st.sampled_from([b"a", b"b", b"c"])


class Histories(RuleBasedStateMachine):
    """`put` and `refer` are the two halves of logging: between them anything may happen, in any other process."""

    halves = Bundle("halves")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="vitrina-gc-")
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        self.store = open_store(home=Path(self.folder.name), clock=lambda: self.now)
        self.needed: dict[int, bytes] = {}

    @initialize()
    def begin(self) -> None:
        self.project = self.store.projects.ensure("acme", "churn")

    @rule(target=halves, content=CONTENTS, as_file=st.booleans())
    def put(self, content: bytes, as_file: bool) -> tuple[Stored, bytes]:
        source = Path(self.folder.name) / "source"
        source.write_bytes(content)
        return self.store.blobs.backend.put(source if as_file else content), content

    @rule(half=consumes(halves))
    def refer(self, half: tuple[Stored, bytes]) -> None:
        stored, content = half
        run = self.store.runs.create(self.project, name="run")
        try:
            with self.store.database.writing() as transaction:
                blob = keep(transaction, self.project.id, stored)
                row = {"kind": "file", "section": "files", "name": "f", "media_type": "text/plain", "summary": {}}
                row |= {"run_id": run.id, "at": transaction.now, "blob_id": blob.id}
                transaction.connection.execute(ObjectRow.__table__.insert(), [row])
        except BlobTooOldError:
            return
        self.needed[run.id] = content

    @rule(data=st.data())
    def delete_a_run(self, data: st.DataObject) -> None:
        if not self.needed:
            return
        run_id = data.draw(st.sampled_from(sorted(self.needed)))
        del self.needed[run_id]
        with self.store.database.writing() as transaction:
            over = {"deleted_at": self.now, "status": Status.SUCCEEDED.value}
            transaction.connection.execute(update(RunRow).where(RunRow.id == run_id).values(**over))

    @rule(data=st.data())
    def drop_an_object_at_once(self, data: st.DataObject) -> None:
        if not self.needed:
            return
        run_id = data.draw(st.sampled_from(sorted(self.needed)))
        del self.needed[run_id]
        with self.store.database.writing() as transaction:
            transaction.connection.execute(delete(ObjectRow).where(ObjectRow.run_id == run_id))

    @rule(hours=st.integers(1, 40))
    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(days=st.integers(0, 3), dry_run=st.booleans())
    def collect(self, days: int, dry_run: bool) -> None:
        gc(self.store, older_than=timedelta(days=days), dry_run=dry_run)

    @invariant()
    def what_is_referred_to_is_there(self) -> None:
        for run_id, content in self.needed.items():
            (found,) = self.store.objects.list([run_id])[run_id]
            assert self.store.blobs.read(found.blob) == content

    def teardown(self) -> None:
        assert check(self.store).findings == ()
        self.now += timedelta(days=30)
        gc(self.store, older_than=timedelta(0))
        held = {self.store.blobs.backend.read(held.digest) for held in self.store.blobs.backend.held()}
        assert held == set(self.needed.values())
        self.store.close()
        self.folder.cleanup()


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=12, stateful_step_count=20, deadline=None)
