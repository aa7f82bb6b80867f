"""What the parent decides, by histories: what happened (and when), and what is then to be done."""

from __future__ import annotations

import signal

import pytest

from vitrina.hub.processes.care import (
    COULD_NOT_START,
    Announce,
    Began,
    Care,
    Child,
    Command,
    EndAsked,
    Ended,
    Event,
    Finish,
    Kill,
    Leave,
    Patience,
    Ready,
    Replace,
    RestartAsked,
    Say,
    Start,
    Terminate,
    TimePassed,
)

PORTAL, FRONT = Child.PORTAL, Child.FRONT
KILLED, CRASHED = -signal.SIGKILL, 1
PATIENCE = Patience(first_s=1, most_s=4, healthy_s=60, false_starts=3, stop_s=10)

History = list[tuple[float, Event, list[Command]]]

BEGIN: History = [
    (0, Began(), [Start(PORTAL), Start(FRONT)]),
    (1, Ready(FRONT), []),
    (2, Ready(PORTAL), [Announce()]),
]

HISTORIES: dict[str, History] = {
    "an end that was asked for": [
        *BEGIN,
        (5, EndAsked(), [Terminate(PORTAL), Terminate(FRONT)]),
        (6, Ended(FRONT, 0), []),
        (7, Ended(PORTAL, -signal.SIGTERM), [Finish(0)]),
    ],
    "a child that does not end is killed": [
        *BEGIN,
        (5, EndAsked(), [Terminate(PORTAL), Terminate(FRONT)]),
        (6, Ended(PORTAL, 0), []),
        (14, TimePassed(), []),
        (15, TimePassed(), [Kill(FRONT)]),
        (16, Ended(FRONT, KILLED), [Finish(0)]),
    ],
    "who asks twice does not want to wait": [
        *BEGIN,
        (5, EndAsked(), [Terminate(PORTAL), Terminate(FRONT)]),
        (6, EndAsked(), [Kill(PORTAL), Kill(FRONT)]),
        (7, Ended(FRONT, KILLED), []),
        (7, Ended(PORTAL, KILLED), [Finish(0)]),
    ],
    "a restart leaves the apps and begins anew": [
        *BEGIN,
        (5, RestartAsked(), [Terminate(PORTAL), Leave(FRONT)]),
        (5, RestartAsked(), []),
        (6, Ended(FRONT, 0), []),
        (7, Ended(PORTAL, -signal.SIGTERM), [Replace()]),
    ],
    "a restart does not wait for ever": [
        *BEGIN,
        (5, RestartAsked(), [Terminate(PORTAL), Leave(FRONT)]),
        (6, Ended(PORTAL, 0), []),
        (15, TimePassed(), [Kill(FRONT)]),
        (16, Ended(FRONT, KILLED), [Replace()]),
    ],
    "an end wins over a restart": [
        *BEGIN,
        (5, RestartAsked(), [Terminate(PORTAL), Leave(FRONT)]),
        (6, Ended(PORTAL, 0), []),
        (7, EndAsked(), [Terminate(FRONT)]),
        (8, RestartAsked(), []),
        (9, Ended(FRONT, 0), [Finish(0)]),
    ],
    "a child that rests does not keep a restart waiting": [
        *BEGIN,
        (5, Ended(FRONT, KILLED), [Say("The front was killed (perhaps out of memory); it starts again in 1 s.")]),
        (5.5, RestartAsked(), [Terminate(PORTAL)]),
        (6, TimePassed(), []),
        (7, Ended(PORTAL, 0), [Replace()]),
    ],
    "a child that dies starts again and takes no other with it": [
        *BEGIN,
        (5, Ended(PORTAL, KILLED), [Say("The portal was killed (perhaps out of memory); it starts again in 1 s.")]),
        (5.5, TimePassed(), []),
        (6, TimePassed(), [Start(PORTAL)]),
        (7, Ready(PORTAL), []),
    ],
    "pauses grow to their longest": [
        *BEGIN,
        (5, Ended(PORTAL, CRASHED), [Say("The portal ended with code 1; it starts again in 1 s.")]),
        (6, TimePassed(), [Start(PORTAL)]),
        (7, Ready(PORTAL), []),
        (8, Ended(PORTAL, CRASHED), [Say("The portal ended with code 1; it starts again in 2 s.")]),
        (10, TimePassed(), [Start(PORTAL)]),
        (11, Ready(PORTAL), []),
        (12, Ended(PORTAL, CRASHED), [Say("The portal ended with code 1; it starts again in 4 s.")]),
        (16, TimePassed(), [Start(PORTAL)]),
        (17, Ready(PORTAL), []),
        (18, Ended(PORTAL, -signal.SIGSEGV), [Say("The portal ended by signal 11; it starts again in 4 s.")]),
    ],
    "what served long enough is forgiven": [
        *BEGIN,
        (5, Ended(PORTAL, CRASHED), [Say("The portal ended with code 1; it starts again in 1 s.")]),
        (6, TimePassed(), [Start(PORTAL)]),
        (7, Ready(PORTAL), []),
        (67, Ended(PORTAL, CRASHED), [Say("The portal ended with code 1; it starts again in 1 s.")]),
    ],
    "a child that says it could not start ends all": [
        (0, Began(), [Start(PORTAL), Start(FRONT)]),
        (1, Ended(FRONT, COULD_NOT_START), [Terminate(PORTAL)]),
        (2, Ended(PORTAL, 0), [Finish(1)]),
    ],
    "a child that never gets ready is given up": [
        (0, Began(), [Start(PORTAL), Start(FRONT)]),
        (1, Ready(FRONT), []),
        (2, Ended(PORTAL, CRASHED), [Say("The portal ended with code 1; it starts again in 1 s.")]),
        (3, TimePassed(), [Start(PORTAL)]),
        (4, Ended(PORTAL, CRASHED), [Say("The portal ended with code 1; it starts again in 2 s.")]),
        (6, TimePassed(), [Start(PORTAL)]),
        (
            7,
            Ended(PORTAL, CRASHED),
            [
                Say("The portal ended with code 1 before it was ready, 3 times in a row: the hub gives up."),
                Terminate(FRONT),
            ],
        ),
        (8, Ended(FRONT, 0), [Finish(1)]),
    ],
    "the end is asked for while a child rests": [
        *BEGIN,
        (5, Ended(PORTAL, CRASHED), [Say("The portal ended with code 1; it starts again in 1 s.")]),
        (5.5, EndAsked(), [Terminate(FRONT)]),
        (6, TimePassed(), []),
        (7, Ended(FRONT, 0), [Finish(0)]),
    ],
    "the end is asked for while both rest": [
        *BEGIN,
        (5, Ended(PORTAL, CRASHED), [Say("The portal ended with code 1; it starts again in 1 s.")]),
        (5, Ended(FRONT, CRASHED), [Say("The front ended with code 1; it starts again in 1 s.")]),
        (5.5, EndAsked(), [Finish(0)]),
    ],
}


@pytest.mark.parametrize("name", HISTORIES)
def test_it_decides(name: str) -> None:
    care = Care(PATIENCE)
    for now_s, event, commands in HISTORIES[name]:
        assert care.decide(event, now_s=now_s) == commands, f"at {now_s} s, {event}"


def test_it_knows_when_it_has_to_be_asked_again() -> None:
    care = Care(PATIENCE)
    for now_s, event, _ in BEGIN:
        care.decide(event, now_s=now_s)
    assert care.next_s() is None
    care.decide(Ended(FRONT, CRASHED), now_s=5)
    assert care.next_s() == 6
    care.decide(EndAsked(), now_s=5.5)
    assert care.next_s() == 15.5
