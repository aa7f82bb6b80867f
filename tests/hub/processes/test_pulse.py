"""Whether a process's event loop turns, as its parent sees it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from vitrina.hub.processes import pulse

pytestmark = pytest.mark.anyio


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = pulse.pair()
    with ours, theirs:
        yield ours, theirs


async def test_a_loop_that_turns_answers_each_time(ends: tuple[socket.socket, socket.socket]) -> None:
    parent, child = ends
    pulse.answer(child)
    loop = asyncio.get_running_loop()
    for _ in range(3):
        pulse.ask(parent)
        assert await loop.sock_recv(parent, 64) == pulse.ASKED


async def test_a_loop_that_does_not_turn_is_silent_and_asking_it_never_waits(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    parent, child = ends
    pulse.answer(child)
    for _ in range(100_000):  # far more than its socket takes
        pulse.ask(parent)
    with pytest.raises(BlockingIOError):
        parent.recv(1)


async def test_the_end_of_a_child_is_no_answer(ends: tuple[socket.socket, socket.socket]) -> None:
    parent, child = ends
    assert pulse.is_answer(parent), "it has said nothing, and is there"
    child.close()
    assert not pulse.is_answer(parent)


async def test_the_end_of_a_child_that_did_not_hear_any_more_is_none_either(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    parent, child = ends
    pulse.ask(parent)
    child.close()
    assert not pulse.is_answer(parent)


async def test_the_end_of_a_parent_keeps_no_loop_busy(ends: tuple[socket.socket, socket.socket]) -> None:
    parent, child = ends
    pulse.answer(child)
    parent.close()
    loop = asyncio.get_running_loop()
    other, end = pulse.pair()
    with other, end:
        pulse.answer(end)
        pulse.ask(other)
        await loop.sock_recv(other, 64)  # what came before it was read, too
        loop.remove_reader(end)
    assert not loop.remove_reader(child), "it listens no more"
