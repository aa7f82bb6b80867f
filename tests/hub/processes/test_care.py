"""What the parent decides, by histories: what happened (and when), and what is then to be done."""

from __future__ import annotations

import signal

import pytest

from vitrina.hub.processes.care import Care, Patience
from vitrina.hub.processes.talk import (
    COULD_NOT_START,
    LATER,
    Announce,
    Answered,
    Ask,
    Began,
    Child,
    Command,
    EndAsked,
    Ended,
    EndTrial,
    Event,
    Finish,
    Kill,
    Leave,
    NotReplaced,
    Ready,
    Refuse,
    Replace,
    RestartAsked,
    Say,
    Show,
    Start,
    Terminate,
    TimePassed,
    Tried,
    Try,
)

PORTAL, FRONT = Child.PORTAL, Child.FRONT
KILLED, CRASHED = -signal.SIGKILL, 1
PATIENCE = Patience(
    first_s=1,
    most_s=4,
    healthy_s=60,
    false_starts=3,
    stop_s=10,
    later_s=2,
    ask_each_s=100,
    silences=2,
    show_s=3,
    trial_s=120,
)
WORKS = Tried(None)

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
        (3, RestartAsked(), [Try()]),
        (4, RestartAsked(), []),
        (5, WORKS, [Terminate(PORTAL), Leave(FRONT)]),
        (5, RestartAsked(), []),
        (6, Ended(FRONT, 0), []),
        (7, Ended(PORTAL, -signal.SIGTERM), [Replace()]),
    ],
    "a restart does not wait for ever": [
        *BEGIN,
        (4, RestartAsked(), [Try()]),
        (5, WORKS, [Terminate(PORTAL), Leave(FRONT)]),
        (6, Ended(PORTAL, 0), []),
        (15, TimePassed(), [Kill(FRONT)]),
        (16, Ended(FRONT, KILLED), [Replace()]),
    ],
    "an end wins over a restart": [
        *BEGIN,
        (4, RestartAsked(), [Try()]),
        (5, WORKS, [Terminate(PORTAL), Leave(FRONT)]),
        (6, Ended(PORTAL, 0), []),
        (7, EndAsked(), [Terminate(FRONT)]),
        (8, RestartAsked(), []),
        (9, Ended(FRONT, 0), [Finish(0)]),
    ],
    "a program that does not work replaces none": [
        *BEGIN,
        (5, RestartAsked(), [Try()]),
        (
            6,
            Tried("No module named x."),
            [
                Say("Vitrina does not restart, and goes on as it is. No module named x."),
                Refuse("No module named x."),
            ],
        ),
        (7, RestartAsked(), [Try()]),
    ],
    "a trial does not take for ever": [
        *BEGIN,
        (5, RestartAsked(), [Try()]),
        (100, TimePassed(), []),
        (125, TimePassed(), [Ask(PORTAL), Ask(FRONT), EndTrial()]),
        (
            125,
            Tried("It was killed."),
            [Say("Vitrina does not restart, and goes on as it is. It was killed."), Refuse("It was killed.")],
        ),
    ],
    "an end wins over a trial": [
        *BEGIN,
        (5, RestartAsked(), [Try()]),
        (6, EndAsked(), [Terminate(PORTAL), Terminate(FRONT)]),
        (7, WORKS, []),
        (8, Ended(FRONT, 0), []),
        (9, Ended(PORTAL, 0), [Finish(0)]),
    ],
    "a restart that is asked for before all serve is done": [
        (0, Began(), [Start(PORTAL), Start(FRONT)]),
        (1, RestartAsked(), [Try()]),
        (2, WORKS, [Terminate(PORTAL), Leave(FRONT)]),
        (3, Ended(PORTAL, 0), []),
        (3, Ended(FRONT, -signal.SIGUSR1), [Replace()]),
    ],
    "a parent that could not begin anew starts its children again": [
        *BEGIN,
        (4, RestartAsked(), [Try()]),
        (5, WORKS, [Terminate(PORTAL), Leave(FRONT)]),
        (6, Ended(PORTAL, 0), []),
        (7, Ended(FRONT, 0), [Replace()]),
        (
            7,
            NotReplaced("No python."),
            [
                Say("Vitrina could not begin anew, and goes on as it was. No python."),
                Refuse("No python."),
                Start(PORTAL),
                Start(FRONT),
            ],
        ),
        (8, Ready(PORTAL), []),
        (9, EndAsked(), [Terminate(PORTAL), Terminate(FRONT)]),
    ],
    "a child that rests does not keep a restart waiting": [
        *BEGIN,
        (5, Ended(FRONT, KILLED), [Say("The front was killed (perhaps out of memory); it starts again in 1 s.")]),
        (5.5, RestartAsked(), [Try()]),
        (5.5, WORKS, [Terminate(PORTAL)]),
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
    "a child that waits for the store is never given up": [
        *BEGIN,
        (5, Ended(FRONT, KILLED), [Say("The front was killed (perhaps out of memory); it starts again in 1 s.")]),
        *[
            step
            for at_s in range(6, 46, 4)
            for step in (
                (at_s, TimePassed(), [Start(FRONT)]),
                (at_s + 1, Ended(FRONT, LATER), [Say("The front cannot serve now; it tries again every 2 s.")]),
                (at_s + 2, TimePassed(), []),
            )
        ],
        (46, TimePassed(), [Start(FRONT)]),
        (47, Ready(FRONT), []),
    ],
    "a child that hangs shows where, is ended and starts again": [
        *BEGIN,
        (101, TimePassed(), [Ask(FRONT)]),
        (101, Answered(FRONT), []),
        (102, TimePassed(), [Ask(PORTAL)]),
        (201, TimePassed(), [Ask(FRONT)]),
        (201, Answered(FRONT), []),
        (202, TimePassed(), [Ask(PORTAL)]),
        (301, TimePassed(), [Ask(FRONT)]),
        (302, TimePassed(), [Say("The portal has not answered for 200 s: it is ended."), Show(PORTAL)]),
        (304, TimePassed(), []),
        (305, TimePassed(), [Kill(PORTAL)]),
        (
            306,
            Ended(PORTAL, KILLED),
            [Say("The portal was ended, since it did not answer; it starts again in 1 s.")],
        ),
        (307, TimePassed(), [Start(PORTAL)]),
    ],
    "a child that hangs before it serves is ended, too": [
        (0, Began(), [Start(PORTAL), Start(FRONT)]),
        (1, Ready(PORTAL), []),
        (599, TimePassed(), [Ask(PORTAL)]),
        (600, TimePassed(), [Say("The front does not serve after 600 s: it is ended."), Show(FRONT)]),
        (603, TimePassed(), [Kill(FRONT)]),
        (603, Ended(FRONT, KILLED), [Say("The front was ended, since it did not answer; it starts again in 1 s.")]),
        (604, TimePassed(), [Start(FRONT)]),
        (605, Ready(FRONT), [Announce()]),
    ],
    "a child that answers late is let be": [
        *BEGIN,
        (102, TimePassed(), [Ask(PORTAL), Ask(FRONT)]),
        (202, TimePassed(), [Ask(PORTAL), Ask(FRONT)]),
        (301, Answered(PORTAL), []),
        (301, Answered(FRONT), []),
        (302, TimePassed(), [Ask(PORTAL), Ask(FRONT)]),
    ],
    "a parent that was itself stopped blames nobody": [
        *BEGIN,
        (102, TimePassed(), [Ask(PORTAL), Ask(FRONT)]),
        (9000, TimePassed(), [Ask(PORTAL), Ask(FRONT)]),
        (9001, Answered(PORTAL), []),
        (9001, Answered(FRONT), []),
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
    assert care.next_s() == 101, "whether the front still serves"
    care.decide(Ended(FRONT, CRASHED), now_s=5)
    assert care.next_s() == 6
    care.decide(EndAsked(), now_s=5.5)
    assert care.next_s() == 15.5
