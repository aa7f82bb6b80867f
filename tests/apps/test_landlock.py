"""What Landlock leaves to a process."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from vitrina.apps import landlock, privileges
from vitrina.apps.landlock import EXECUTE, MAKE_REG, NEEDED_VERSION, READ_DIR, READ_FILE, WRITE_FILE, Rules, can_deny

needs_landlock = pytest.mark.skipif(
    landlock.version() < NEEDED_VERSION, reason="this kernel has no Landlock of Linux 6.12"
)


@pytest.mark.parametrize("number", range(2, 10))
def test_a_later_version_denies_all_that_an_earlier_one_does(number: int) -> None:
    earlier, later = can_deny(number - 1), can_deny(number)
    assert later.files & earlier.files == earlier.files
    assert later.ports & earlier.ports == earlier.ports
    assert later.scopes & earlier.scopes == earlier.scopes


def test_versions_that_are_not_known_yet_count_as_the_newest_known() -> None:
    assert can_deny(99) == can_deny(NEEDED_VERSION)
    assert can_deny(NEEDED_VERSION).scopes


def test_each_kind_of_rule_has_its_rights() -> None:
    rules = Rules(
        readable=(Path("/r"),),
        writable=(Path("/w"),),
        nameable=(Path("/n"),),
        usable=(Path("/u"),),
        listable=(Path("/l"),),
    )
    rights = dict(landlock.allowed(rules))
    assert rights[Path("/r")] == EXECUTE | READ_FILE | READ_DIR
    assert rights[Path("/w")] & (WRITE_FILE | MAKE_REG | READ_DIR) == WRITE_FILE | MAKE_REG | READ_DIR
    assert rights[Path("/n")] == rights[Path("/w")] & ~READ_DIR
    assert not rights[Path("/u")] & (READ_DIR | MAKE_REG)
    assert rights[Path("/l")] == READ_DIR


def walled(rules: Rules, act: Callable[[], object]) -> str:
    """What comes of it in a process that is kept to the rules: the name of the error, or "" for none."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            privileges.give_up()
            landlock.restrict(rules)
            act()
        except BaseException as error:
            os.write(writing, type(error).__name__.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    os.waitpid(pid, 0)
    return said


@needs_landlock
@pytest.mark.slow
def test_a_folder_that_may_be_read_may_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("there")
    rules = Rules(readable=(tmp_path,))
    assert walled(rules, (tmp_path / "file").read_text) == ""
    assert walled(rules, lambda: (tmp_path / "file").write_text("changed")) == "PermissionError"
    assert walled(rules, (tmp_path / "other").touch) == "PermissionError"
    assert walled(Rules(), (tmp_path / "file").read_text) == "PermissionError"


@needs_landlock
@pytest.mark.slow
def test_a_single_file_may_be_named_and_one_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).write_text(name)
    rules = Rules(readable=(tmp_path / "one", tmp_path / "missing"))
    assert walled(rules, (tmp_path / "one").read_text) == ""
    assert walled(rules, (tmp_path / "other").read_text) == "PermissionError"


@needs_landlock
@pytest.mark.slow
def test_signals_stay_within(tmp_path: Path) -> None:
    assert walled(Rules(), lambda: os.kill(os.getppid(), 0)) == "PermissionError"
    assert walled(Rules(), lambda: os.kill(os.getpid(), 0)) == ""
