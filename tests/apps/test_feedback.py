"""What an app may say as feedback: any value made plain, packets parsed strictly, heard at a pace."""

from __future__ import annotations

import json
import math
import socket
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.apps import feedback, recording
from vitrina.apps.feedback import MOST_BYTES, MOST_DEEP, NotFeedbackError, Recorded, Said
from vitrina.apps.launchers.hearing import A_MINUTE, AT_ONCE, Hearing
from vitrina.apps.pace import Pace
from vitrina.apps.plain import MOST_ITEMS, plain
from vitrina.apps.viewing import Viewer

ENTRY: dict[str, Any] = {
    "id": "0f",
    "inputs": {"tenure": 3},
    "output": 0.7,
    "note": "",
    "flag": "",
    "user": None,
    "visitor": None,
}


class Colour(Enum):
    RED = "red"


@dataclass
class Row:
    tenure: int
    seen: date


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        ({1: (True, None, "käse")}, {"1": [True, None, "käse"]}),
        ([math.nan, math.inf, -math.inf, 0.5], ["NaN", "Infinity", "-Infinity", 0.5]),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        ([np.float32(0.5), np.int64(7), np.bool_(True), np.str_("a")], [0.5, 7, True, "a"]),
        (np.array([np.nan]), ["NaN"]),
        (np.zeros((640, 480, 3)), "<ndarray (640, 480, 3)>"),
        (pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]),
        (pd.Series([1.5]), [1.5]),
        (pd.Timestamp("2026-03-01"), "2026-03-01T00:00:00"),
        (Row(3, date(2026, 3, 1)), {"tenure": 3, "seen": "2026-03-01"}),
        ([Colour.RED, Path("a/b"), Decimal("1.5"), datetime(2026, 3, 1, tzinfo=UTC)], None),
        (b"png", "<3 bytes>"),
        (object, "<type>"),
        (socket, "<module>"),
    ],
)
def test_a_value_becomes_what_json_has_words_for(value: Any, becomes: Any) -> None:
    if becomes is None:
        becomes = ["red", "a/b", 1.5, "2026-03-01T00:00:00+00:00"]
    assert plain(value) == becomes


def test_a_long_array_is_named_and_not_written_out() -> None:
    assert plain(np.zeros(MOST_ITEMS)) == [0.0] * MOST_ITEMS
    assert plain(np.zeros(MOST_ITEMS + 1)) == f"<ndarray ({MOST_ITEMS + 1},)>"


def test_a_value_that_holds_itself_ends_somewhere() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert "<list>" in json.dumps(plain(endless))


def test_what_is_sent_is_what_is_heard() -> None:
    told = ENTRY | {"note": " too high\nfor me ", "flag": "very  wrong", "user": "alice"}
    assert feedback.parse(feedback.packet(told)) == Said(
        "0f", '{"tenure":3}', "0.7", "too high\nfor me", "very wrong", "alice"
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"id": 7},
        {"id": "x" * 33},
        {"note": None},
        {"note": "x" * 4001},
        {"flag": "x" * 65},
        {"user": 7},
        {"visitor": "x" * 65},
        {"version": "2.0.0"},
        {"inputs": json.loads("[" * (MOST_DEEP + 1) + "]" * (MOST_DEEP + 1))},
    ],
)
def test_an_entry_that_no_app_of_ours_sends_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(NotFeedbackError):
        feedback.parse(feedback.packet(ENTRY | changed))


@pytest.mark.parametrize(
    "text",
    ["", "[]", "7", "{", "[" * 60_000, '{"id": NaN}', '{"inputs": 1e999}', '{"inputs": ' + "9" * 5000 + "}", "\xff"],
)
def test_what_is_no_entry_at_all_is_refused(text: str) -> None:
    with pytest.raises(NotFeedbackError):
        feedback.parse(feedback.PREFIX + text.encode("latin-1"))


def test_a_packet_that_is_too_long_is_not_even_read() -> None:
    with pytest.raises(NotFeedbackError, match="larger"):
        feedback.parse(feedback.packet(ENTRY | {"inputs": "x" * MOST_BYTES}))


def test_what_no_database_holds_is_taken_out() -> None:
    said = feedback.parse(
        feedback.packet(
            ENTRY | {"inputs": "\ud800\0", "note": "a\0b\u202ec\ud800", "flag": "\x1b[31mred", "user": "\n"}
        )
    )
    assert (json.loads(said.inputs), said.note, said.flag, said.user) == ("?\0", "abc", "[31mred", None)
    for text in (said.inputs, said.note, said.flag):
        assert "\0" not in text
        text.encode()


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers(-(10**18), 10**18) | st.text(), st.lists))
def test_whatever_an_app_has_comes_through_or_is_refused_in_words(value: Any) -> None:
    said = feedback.parse(feedback.packet(ENTRY | {"inputs": plain(value)}))
    json.dumps(json.loads(said.inputs), allow_nan=False)


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_being_refused(received: bytes) -> None:
    try:
        feedback.parse(feedback.PREFIX + received)
    except NotFeedbackError:
        return


def test_an_allowance_comes_back_by_and_by_and_never_beyond_itself() -> None:
    pace = Pace.of(at_once=2, a_minute=60, at_s=0.0).less().less()
    assert not pace.allows
    assert not pace.after(0.9).allows
    assert pace.after(1.0).allows
    assert pace.after(1000.0).left == 2


class Wait:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def ends() -> Generator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        yield ours, theirs


def test_beyond_its_pace_an_entry_is_refused_and_nothing_more_is_read_for_now(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = ends
    heard, clock = list[Said](), Wait()

    def take(said: Said) -> Recorded:
        heard.append(said)
        return Recorded.KEPT

    hearing = Hearing(take, clock=clock)
    for _ in range(AT_ONCE):
        assert hearing.hear(feedback.packet(ENTRY), ours)
        assert feedback.answered(theirs.recv(4096), about="0f") is Recorded.KEPT
    assert not hearing.hear(feedback.packet(ENTRY), ours)
    assert feedback.answered(theirs.recv(4096), about="0f") is Recorded.TOO_OFTEN
    assert len(heard) == AT_ONCE
    clock.now_s += 60 / A_MINUTE
    assert hearing.hear(feedback.packet(ENTRY), ours)


def test_answers_that_nobody_reads_hold_nobody_up(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = ends
    clock = Wait()
    hearing = Hearing(lambda _: Recorded.KEPT, clock=clock)
    for _ in range(2000):
        clock.now_s += 1
        assert hearing.hear(feedback.packet(ENTRY), ours)


def test_outside_of_a_hub_it_is_printed_and_the_app_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    became = recording.record({"a": 1}, [2], note="käse", flag="", viewer=Viewer(user="alice"), environ={})
    assert (became, bool(became)) == (Recorded.PRINTED, False)
    assert capsys.readouterr().err == (
        'feedback (kept by a hub only): {"inputs": {"a": 1}, "output": [2], "note": "käse", "user": "alice"}\n'
    )


def test_a_value_whose_own_code_fails_breaks_no_demo(capsys: pytest.CaptureFixture[str]) -> None:
    class Broken:
        def tolist(self) -> list[int]:
            raise RuntimeError("never")

    became = recording.record(Broken(), 1, note="", flag="", viewer=Viewer(), environ={})
    assert became is Recorded.NOT_UNDERSTOOD
    assert "RuntimeError: never" in capsys.readouterr().err


def test_a_number_that_now_is_another_file_is_not_written_to(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    told = recording.Channel.of(ours).told
    stranger = f"{theirs.fileno()}:{told.partition(':')[2]}"
    for said in (stranger, "7", "x:y", "999999:1"):
        became = recording.record(1, 2, note="", flag="", viewer=Viewer(), environ={recording.VARIABLE: said})
        assert became is Recorded.NOT_REACHED
    assert recording.kept_open({recording.VARIABLE: told}) == (ours.fileno(),)
    assert recording.kept_open({recording.VARIABLE: stranger}) == ()


def test_a_hub_that_has_gone_is_said_at_once(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    environ = {recording.VARIABLE: recording.Channel.of(theirs).told}
    ours.close()
    became = recording.record(1, 2, note="", flag="", viewer=Viewer(), environ=environ)
    assert became is Recorded.NOT_REACHED
