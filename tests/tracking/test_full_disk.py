"""A full disk: one clear line, and nothing lost that was stored before.

A limit on the size of files stands for it, in a process of its own: it fails the same writes with an error of the same
kind.
"""

from __future__ import annotations

import pytest

from vitrina import tracking
from vitrina.store.opening import Store
from vitrina.store.records import Status

SCRIPT = """
import resource, sys
from vitrina import tracking
from vitrina.store.errors import VitrinaError

ROOM = 3_000_000
run = tracking.init(project="acme/churn", track_env=False)
tracking.log_inputs(lr=0.1)
tracking.log_metric("loss", 1.0)
with open("small.bin", "wb") as file:
    file.write(b"1" * 1000)
tracking.log_model("net", "small.bin")
with open("large.bin", "wb") as file:
    file.write(b"2" * 2 * ROOM)
resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
try:
    {call}
except VitrinaError as error:
    print(error)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('tracking.log_model("net", "large.bin")', "There is no room left to write at"),
        ('tracking.log_artifact("large.bin", register=False)', "There is no room left to write at"),
        ('tracking.log_text("long", "x" * 2 * ROOM)', "There is no room left to write at"),
        (
            'tracking.log_dataset("wide", {"x": [str(number ** 9) for number in range(600_000)]})',
            "There is no room left in",
        ),
    ],
)
def test_a_full_disk_is_one_clear_line_and_loses_nothing(store: Store, run_script, call: str, said: str) -> None:
    done = run_script(SCRIPT.format(call=call))
    assert done.stderr == ""
    assert done.stdout.startswith(said)
    assert "Free some space" in done.stdout
    assert done.stdout.count("\n") == 1
    (run,) = tracking.get_runs("acme/churn")
    assert (run.status, run.get_inputs(), len(run.get_metrics()["loss"])) == (Status.SUCCEEDED, {"lr": 0.1}, 1)
    assert [item.name for item in run.get_objects()] == []
    (path,) = tracking.get_version("acme/churn/models/net@1.0.0").load().iterdir()
    assert path.read_bytes() == b"1" * 1000
    assert [blob.name for blob in (store.place.home / "blobs" / "incoming").iterdir()] == []


@pytest.mark.slow
def test_a_database_with_no_room_says_so_and_keeps_what_it_had(store: Store, run_script) -> None:
    done = run_script(
        """
        import resource
        from pathlib import Path
        from vitrina import tracking
        from vitrina.store.errors import VitrinaError
        from vitrina.store.home import place

        run = tracking.init(project="acme/churn", track_env=False)
        tracking.log_metric("loss", 1.0)
        room = max(path.stat().st_size for path in place().home.glob("store.db*")) + 20_000
        unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, unlimited[1]))
        kept = 1
        try:
            while True:
                tracking.log_metric("loss", 2.0)
                kept += 1
        except VitrinaError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
        tracking.log_metric("loss", 3.0)
        print(kept + 1)
        """
    )
    assert done.stderr == ""
    said, count = done.stdout.splitlines()
    assert said.startswith("There is no room left to write at sqlite:")
    (run,) = tracking.get_runs("acme/churn")
    assert (run.status, len(run.get_metrics()["loss"])) == (Status.SUCCEEDED, int(count))
