"""Reading on in a log, wherever it goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vitrina.apps.logs import AppLog, Following, older


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "app.log"


@pytest.fixture
def log(path: Path) -> Iterator[AppLog]:
    made = AppLog(path, max_bytes=40)
    yield made
    made.close()


@pytest.fixture
def follow(path: Path) -> Iterator[Following]:
    made = Following(path)
    yield made
    made.close()


def test_it_begins_before_there_is_anything(follow: Following, path: Path) -> None:
    assert follow.news() == []
    path.write_text("one\ntwo\n")
    assert follow.news() == ["one", "two"]
    assert follow.news() == []


def test_what_was_there_is_told_as_far_as_it_is_asked_for(path: Path) -> None:
    older(path).write_text("zero\n")
    path.write_text("one\ntwo\n")
    for lines, told in ((0, []), (1, ["two"]), (3, ["zero", "one", "two"])):
        following = Following(path, lines=lines)
        assert following.news() == told
        following.close()


def test_a_line_is_told_when_it_is_whole(log: AppLog, follow: Following) -> None:
    log.write(b"no e" + "ü".encode()[:1])
    assert follow.news() == []
    log.write("ü".encode()[1:] + b"nd\nhalf")
    assert follow.news() == ["no eünd"]


def test_it_goes_on_in_the_file_that_takes_the_place_of_a_full_one(log: AppLog, follow: Following) -> None:
    log.write(b"a" * 30 + b"\n")
    assert follow.news() == ["a" * 30]
    log.write(b"last\nopen")
    log.write(b"b" * 30 + b"\n")
    assert follow.news() == ["last", "open", "b" * 30]
    log.write(b"c\n")
    assert follow.news() == ["c"]


def test_no_link_is_followed(path: Path, tmp_path: Path, follow: Following) -> None:
    (tmp_path / "secret").write_text("of the hub\n")
    path.symlink_to(tmp_path / "secret")
    assert follow.news() == []
