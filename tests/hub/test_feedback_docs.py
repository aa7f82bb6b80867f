"""docs/feedback.md says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.apps import feedback, plain
from vitrina.apps.feedback import Recorded
from vitrina.apps.launchers import hearing
from vitrina.hub import feedback as files
from vitrina.hub.access import Action
from vitrina.hub.proxy import inbox
from vitrina.hub.settings import FEEDBACK_ENTRIES, FEEDBACK_MB

PAGE = (Path(__file__).parents[2] / "docs" / "feedback.md").read_text()


@pytest.mark.parametrize("became", Recorded)
def test_all_that_can_become_of_an_entry_has_a_row(became: Recorded) -> None:
    assert f"\n| `{became.name}` | {became.value} |" in PAGE


def test_figures_are_those_of_the_code() -> None:
    assert f"| {feedback.MOST_BYTES // 1024} KiB, {feedback.MOST_DEEP} levels |" in PAGE
    assert f"up to {feedback.MOST_NOTE:,} characters" in PAGE
    assert f"up to {feedback.MOST_FLAG} characters" in PAGE
    assert f"more than {plain.MOST_ITEMS:,} values" in PAGE
    assert f"| {hearing.AT_ONCE} at once, {hearing.A_MINUTE} a minute |" in PAGE
    assert f"| {FEEDBACK_ENTRIES:,} entries, {FEEDBACK_MB} MB (" in PAGE
    assert f"| {inbox.MOST_WAITING:,} entries, {inbox.MOST_WAITING_BYTES // 2**20} MiB in all" in PAGE
    assert (inbox.SHARE, hearing.PAUSE_S) == (4, 1)


def test_words_are_those_of_the_code() -> None:
    assert f"`{Action.FEEDBACK}`" in PAGE
    assert f"edge `{files.GATHERED}`" in PAGE
