"""A collector among writers, all in processes of their own. Their clock is a file: a day of waiting costs nothing."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import pytest

from vitrina.store.care.check import check
from vitrina.store.opening import Store, open_store

CLOCK = """
import struct, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from vitrina.store.opening import open_store

url, folder, who = sys.argv[1], Path(sys.argv[2]), sys.argv[3]

def clock():
    return datetime.fromtimestamp(struct.unpack("d", (folder / "clock").read_bytes())[0], UTC)

store = open_store(url, blobs=str(folder / "blobs"), clock=clock)
"""

WRITER = """
from sqlalchemy import update
from vitrina.store.project_blobs import BlobTooOldError
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.schema.registry import VersionRow

project, number, late = store.projects.get("acme", "churn"), 0, 0
while number < 60:
    content = f"shared by all writers {number % 5}"
    (folder / who).write_text(content)
    try:
        version = store.registry.log(project, Noun.MODEL, who, Draft([("file", folder / who)])).version
    except BlobTooOldError:  # half a day went by between the bytes and their row
        late += 1
        continue
    for file in store.registry.files(version):
        assert store.blobs.read(file.blob).decode() == content
    if number % 5 != 4:
        with store.database.writing() as transaction:
            gone = update(VersionRow).where(VersionRow.id == version.id).values(deleted_at=transaction.now)
            transaction.connection.execute(gone)
    number += 1
"""

COLLECTOR = """
from datetime import timedelta
from sqlalchemy import select
from vitrina.store.care.gc import gc
from vitrina.store.schema.registry import CollectionRow

taken, rounds_left = 0, 12
while rounds_left:
    rounds_left -= (folder / "written").exists()
    with store.database.writing() as transaction:  # never in the middle of a writer's transaction
        transaction.connection.execute(select(CollectionRow.id).order_by(CollectionRow.id).with_for_update())
        later = struct.pack("d", (clock() + timedelta(hours=5)).timestamp())
        with (folder / "clock").open("r+b") as file:
            file.write(later)
    taken += gc(store, older_than=timedelta(0)).blobs
    print(taken, flush=True)
"""


@pytest.mark.slow
def test_a_collector_takes_nothing_that_a_writer_is_about_to_refer_to(store_url: str, tmp_path: Path) -> None:
    (tmp_path / "clock").write_bytes(struct.pack("d", 1_772_000_000.0))
    with open_store(store_url, blobs=str(tmp_path / "blobs")) as store:
        store.projects.ensure("acme", "churn")
        with _started(COLLECTOR, store_url, tmp_path, "collector") as collector:
            assert collector.stdout
            collector.stdout.readline()
            writers = [_started(WRITER, store_url, tmp_path, f"writer-{number}") for number in range(2)]
            for writer in writers:
                writer.communicate()
            (tmp_path / "written").touch()
            *_, taken = collector.communicate()[0].split()
        assert [process.returncode for process in (*writers, collector)] == [0, 0, 0]
        assert int(taken) > 0
        _is_whole(store)


def _is_whole(store: Store) -> None:
    checked = check(store)
    assert checked.findings == ()
    assert checked.blobs == 1
    assert checked.unneeded == 0


def _started(script: str, store_url: str, folder: Path, who: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", CLOCK + script, store_url, str(folder), who]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
