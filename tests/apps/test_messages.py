"""What an app's process may tell: its own code can write there too, and nothing that it writes may do harm."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vitrina.apps import control
from vitrina.apps.job import LONGEST_PATH, GarbledError, Message
from vitrina.apps.launchers.leaving import Leaving
from vitrina.apps.launchers.process import Told


@pytest.mark.parametrize("name", ["health", "rehearsal"])
def test_a_path_without_end_is_no_message(name: str) -> None:
    with pytest.raises(GarbledError):
        Message.parse(json.dumps({name: "é" * 30_000}, ensure_ascii=False).encode())


def test_the_note_of_the_longest_message_fits_into_a_packet() -> None:
    longest = "\U0001f600" * LONGEST_PATH
    message = Message.parse(json.dumps({"health": longest, "rehearsal": longest}).encode())
    folder = str(Path("/", "f" * 4000))
    began = datetime(2026, 11, 23, tzinfo=UTC).isoformat()
    leaving = Leaving("k" * 63, 1, "r" * 400, "d" * 64, "http://o" * 40, "/p" * 200, "loopback", began, folder, folder)
    ours, theirs = control.pair()
    with ours, theirs:
        word = control.Note("key", leaving.after(Told().after(message, sender=None)).note())
        control.say(ours, word)
        assert control.hear(theirs) == (word, [])
