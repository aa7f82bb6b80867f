"""Processes that outlive who asked for them: a keeper with a loop of its own, and real processes."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vitrina.hub.processes import keeper
from vitrina.hub.processes.keeper import Asking, Keeper, KeeperError, Kept, Order

ECHO = """
import os, socket, sys
channel = socket.socket(fileno=int(sys.argv[1]))
while said := channel.recv(100):
    channel.sendall(f"{os.environ['WORD']} {os.getpid()} {os.getsid(0)} {said.decode()}".encode())
"""

FILES = """
import os, socket, sys
socket.socket(fileno=int(sys.argv[1])).sendall(" ".join(os.listdir("/proc/self/fd")).encode())
"""


@pytest.fixture
def order(tmp_path: Path) -> Callable[..., Order]:
    def make(key: str = "echo", *, program: str = ECHO, python: str = sys.executable) -> Order:
        argv = [python, "-I", "-c", program]
        return Order(key, argv, {"WORD": "heard"}, cwd=str(tmp_path), log=str(tmp_path / "log"))

    return make


def start(asking: Asking, order: Order) -> Kept:
    channel, other_end = socket.socketpair()
    with channel, other_end:
        return asking.start(order, channel, other_end)


class Loop:
    """A parent's loop, in a thread of the test."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.keeper = Keeper(self.selector)
        self._woken, self._waker = socket.socketpair()
        self._todo: list[Callable[[], None]] = []
        self._is_over = False
        self.selector.register(self._woken, selectors.EVENT_READ, self._do)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def line(self) -> socket.socket:
        ours, theirs = keeper.pair()
        self._call(lambda: self.keeper.serve(ours))
        return theirs

    def close(self) -> None:
        self._call(self._finish)
        self._thread.join()
        self.keeper.close()
        for key in list(self.selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._waker.close()
        self.selector.close()

    def _finish(self) -> None:
        self._is_over = True

    def _call(self, what: Callable[[], None]) -> None:
        self._todo.append(what)
        self._waker.send(b"1")

    def _do(self) -> None:
        self._woken.recv(100)
        while self._todo:
            self._todo.pop(0)()

    def _run(self) -> None:
        while not self._is_over:
            for key, _ in self.selector.select():
                key.data()


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    made.close()


def said(kept: Kept, word: str) -> list[str]:
    with socket.socket(fileno=os.dup(kept.channel)) as channel:
        channel.sendall(word.encode())
        return channel.recv(100).decode().split()


@pytest.mark.slow
def test_a_process_outlives_who_asked_for_it_and_is_given_to_the_next(loop: Loop, order) -> None:
    with loop.line() as line:
        first = start(Asking(line), order())
        assert said(first, "one") == ["heard", str(first.pid), str(first.pid), "one"]
        first.close()
    with loop.line() as line:
        asking = Asking(line)
        second = start(asking, order("other"))
        listed = asking.list()
    assert [one.key for one in listed] == ["echo", "other"]
    assert said(listed[0], "two")[-1] == "two"
    for one in (second, *listed):
        one.close()


@pytest.mark.slow
def test_one_that_ended_is_not_given(loop: Loop, order) -> None:
    with loop.line() as line:
        asking = Asking(line)
        kept = start(asking, order())
        signal.pidfd_send_signal(kept.pidfd, signal.SIGKILL)
        with selectors.DefaultSelector() as ended:
            ended.register(kept.pidfd, selectors.EVENT_READ)
            assert ended.select(30)
        kept.close()
        assert asking.list() == []


@pytest.mark.slow
def test_it_sees_the_end_of_the_channel_only_when_all_copies_are_closed(order) -> None:
    loop = Loop()
    with loop.line() as line:
        kept = start(Asking(line), order())
    loop.close()
    with selectors.DefaultSelector() as ended:
        ended.register(kept.pidfd, selectors.EVENT_READ)
        assert ended.select(30), "the keeper's end leaves nothing"
    kept.close()


@pytest.mark.slow
def test_it_has_nothing_open_but_its_channel_and_its_output(loop: Loop, order) -> None:
    with loop.line() as line:
        kept = start(Asking(line), order(program=FILES))
        with socket.socket(fileno=os.dup(kept.channel)) as channel:
            numbers = channel.recv(100).decode().split()
        kept.close()
    assert len(numbers) == 5, "input, output twice, its channel, and the folder that is listed"


def test_a_program_that_is_not_there_is_refused(loop: Loop, order) -> None:
    with loop.line() as line, pytest.raises(KeeperError, match="/no/such/program could not be started"):
        start(Asking(line), order(python="/no/such/program"))


def test_a_front_that_asks_nonsense_harms_nobody(loop: Loop) -> None:
    with loop.line() as line:
        line.sendall(b"nonsense")
        assert line.recv(100) == b""
    with loop.line() as line:
        assert Asking(line).list() == []
