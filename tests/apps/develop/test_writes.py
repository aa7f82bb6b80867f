"""Which changed files are the author's doing, and which the running app's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.apps.develop.writes import IN_A_ROW, Sorted, Writes

APP, ROWS, VISITS = Path("/work/app.py"), Path("/work/rows.csv"), Path("/work/visits.db")


@pytest.fixture
def writes() -> Writes:
    return Writes([APP, ROWS])


def test_data_that_appears_while_it_runs_is_its_own_from_then_on(writes: Writes) -> None:
    assert writes.sort([VISITS]) == Sorted(appeared=(VISITS,))
    assert writes.sort([VISITS]) == Sorted()
    assert writes.sort([APP, VISITS]) == Sorted((APP,))


@pytest.mark.parametrize("name", ["helper.py", "look.css", "README.md", "page.HTML"])
def test_what_people_write_is_theirs_though_it_is_new(writes: Writes, name: str) -> None:
    for _ in range(2 * IN_A_ROW):
        assert writes.sort([Path("/work", name)]) == Sorted((Path("/work", name),))


def test_data_that_was_there_starts_it_until_that_becomes_a_loop(writes: Writes) -> None:
    for _ in range(IN_A_ROW):
        assert writes.sort([ROWS]) == Sorted((ROWS,))
    assert writes.sort([ROWS]) == Sorted(repeated=(ROWS,))
    assert writes.sort([ROWS]) == Sorted()


def test_an_author_who_saves_code_between_may_change_data_as_often_as_they_like(writes: Writes) -> None:
    for _ in range(3 * IN_A_ROW):
        assert writes.sort([ROWS]) == Sorted((ROWS,))
        assert writes.sort([APP]) == Sorted((APP,))
