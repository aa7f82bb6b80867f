"""Which hub runs with a home."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from vitrina.hub import running
from vitrina.hub.running import AlreadyRunningError, NoHubError, RunningHub


def test_a_hub_is_found_as_long_as_it_runs(home: Path) -> None:
    with pytest.raises(NoHubError):
        running.find(home)
    with running.claim(home) as claim:
        claim.tell("http://localhost:8400", starts=1)
        assert running.find(home) == RunningHub("http://localhost:8400", os.getpid(), 1)
    with pytest.raises(NoHubError):
        running.find(home)


def test_who_reads_while_it_is_said_anew_finds_it(home: Path) -> None:
    with running.claim(home) as claim:
        claim.tell("http://localhost:8400", starts=0)
        is_over = threading.Event()

        def tell() -> None:
            for starts in range(300):
                claim.tell("http://localhost:8400" + "0" * (starts % 2), starts=starts)
            is_over.set()

        telling = threading.Thread(target=tell)
        telling.start()
        while not is_over.is_set():
            assert running.find(home).pid == os.getpid()
        telling.join()


def test_a_home_has_one_hub_at_a_time(home: Path) -> None:
    with running.claim(home) as claim:
        with pytest.raises(AlreadyRunningError, match=str(home)):
            running.claim(home)
        claim.tell("http://localhost:8400", starts=0)
        with pytest.raises(AlreadyRunningError, match="http://localhost:8400"):
            running.claim(home)
    running.claim(home).__exit__()


def test_what_a_hub_that_was_killed_left_is_not_believed(home: Path) -> None:
    home.mkdir()
    (home / running.NAME).write_text('{"url": "http://localhost:1", "pid": 1}')
    with pytest.raises(NoHubError):
        running.find(home)


def test_the_home_is_its_owners_alone(home: Path) -> None:
    with running.claim(home):
        assert home.stat().st_mode & 0o777 == 0o700
