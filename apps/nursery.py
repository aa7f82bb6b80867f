"""The nursery: `python -m vitrina.apps.nursery FD` imports a framework once, and forks a process for each app from it.

Rule 1: it runs nothing of an app, and imports no module of one.
Rule 2: it has one thread and no socket but its control channel (and dups of the apps' channels) when it forks;
        `preload` asserts it. Event loops, threads and servers begin after the fork.
Rule 3: it never waits for anybody: what cannot be sent now is kept.
Rule 4: it ends when nobody holds the other end of its control channel, and its apps end with it; and, once it is
        retired, with its last fork.

Each fork is a guard, which forks the app's process; both know nothing of the nursery.
"""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitrina.apps import control, descriptors, guard, job, performer, preload
from vitrina.apps.control import Ended, Fork, Forked, List, Listed, ListedAll, Load, Loaded, Loading, Note, Refused
from vitrina.apps.frameworks import registry
from vitrina.apps.levels import Level
from vitrina.apps.performer import Warmth
from vitrina.store.errors import VitrinaError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vitrina.apps.frameworks.framework import Framework

STANDARD = frozenset({0, 1, 2})


@dataclass
class _Child:
    """A fork that has not ended."""

    key: str
    pid: int
    pidfd: int
    channel: socket.socket
    """The launcher's end, kept for the next launcher."""

    note: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class _Born:
    """What a fork's child goes on with."""

    channel: socket.socket
    is_spare: bool
    kept: frozenset[int]
    """The descriptors that what is imported holds."""


class Nursery:
    """One thread, one loop: does what it is told, and tells which forks have ended."""

    def __init__(self, channel: socket.socket, wanted: Load) -> None:
        self._control = channel
        self._wanted = wanted
        self._children: dict[str, _Child] = {}
        self._unsaid: deque[tuple[control.Word, tuple[int, ...]]] = deque()
        self._selector = selectors.PollSelector()
        self._is_retired = False
        self._is_over = False
        self._kept: frozenset[int] = frozenset()

    def load(self) -> Framework | None:
        """Import all that is wanted and freeze it; None when that makes it unfit, which has been told."""
        wanted = self._wanted
        own = frozenset({self._control.fileno()})
        self._say(Loading(wanted.framework))
        try:
            framework = registry.load(wanted.framework)
            os.environ.update(framework.environ(origin="", scratch=Path.cwd()))
            framework.load()
            preload.check(wanted.framework, sockets=own)
            framework.warm()
            preload.check(wanted.framework, sockets=own)
            preload.load(wanted.modules, sockets=own, tell=lambda module: self._say(Loading(module)))
        except preload.UnfitError as error:
            self._say(control.Unfit(error.module, error.reason))
            return None
        except VitrinaError as error:
            self._say(control.Unfit(wanted.framework, str(error)))
            return None
        self._kept = descriptors.opened() - own - STANDARD
        gc.collect()
        gc.freeze()
        return framework

    def run(self) -> _Born | None:
        """Serve to the end (None); in the child of a fork, return at once with what it is to be."""
        self._control.setblocking(False)
        self._selector.register(self._control, selectors.EVENT_READ)
        self._say(Loaded(_size_bytes()))
        while not self._is_over:
            for key, events in self._selector.select():
                if key.data:
                    self._ended(key.data)
                elif events & selectors.EVENT_WRITE:
                    self._say_on()
                elif born := self._hear():
                    return born
        return None

    def _hear(self) -> _Born | None:
        try:
            heard = control.hear(self._control)
        except BlockingIOError:
            return None
        except OSError:
            heard = None
        if heard is None:
            self._is_over = True
            return None
        match heard[0]:
            case Fork(key, is_spare):
                return self._fork(key, is_spare=is_spare)
            case Note(key, note):
                if child := self._children.get(key):
                    child.note = note
            case List():
                for child in self._children.values():
                    self._say(Listed(child.key, child.note), child.pidfd, child.channel.fileno())
                self._say(
                    ListedAll(
                        self._wanted.framework, self._wanted.modules, self._wanted.network, self._wanted.interpreter
                    )
                )
            case control.Retire():
                self._is_retired = True
                self._is_over = not self._children
            case _:
                pass
        return None

    def _fork(self, key: str, *, is_spare: bool) -> _Born | None:
        ours, theirs = job.channel()
        try:
            pid = os.fork()
        except OSError as error:
            ours.close()
            theirs.close()
            self._say(Refused(key, error.strerror or str(error)))
            return None
        if pid == 0:
            kept = self._kept_still(ours, theirs)
            for end in (ours, self._control, *(child.channel for child in self._children.values())):
                end.detach()  # what a fork must not have is closed by number; no object may do it a second time
            return _Born(theirs, is_spare, kept)
        theirs.close()
        child = _Child(key, pid, os.pidfd_open(pid), ours)
        self._children[key] = child
        self._selector.register(child.pidfd, selectors.EVENT_READ, child)
        self._say(Forked(key, _size_bytes()), child.pidfd, ours.fileno())
        return None

    def _kept_still(self, *further: socket.socket) -> frozenset[int]:
        """Of the numbers that were libraries' after their import, those that are none of the nursery's by now: what a
        library has closed is given to whatever is opened next, such as another app's channel."""
        own = {self._control.fileno(), *(end.fileno() for end in further)}
        for child in self._children.values():
            own |= {child.pidfd, child.channel.fileno()}
        return (self._kept - own) & descriptors.opened()

    def _ended(self, child: _Child) -> None:
        _, status = os.waitpid(child.pid, 0)
        del self._children[child.key]
        self._selector.unregister(child.pidfd)
        self._say(Ended(child.key, status))
        self._close(child)
        self._is_over = self._is_retired and not self._children

    def _close(self, child: _Child) -> None:
        """Not before what tells of it is sent: the files go with the word."""
        self._unsaid = deque((word, files) for word, files in self._unsaid if child.pidfd not in files)
        os.close(child.pidfd)
        child.channel.close()

    def _say(self, word: control.Word, *files: int) -> None:
        self._unsaid.append((word, files))
        self._say_on()

    def _say_on(self) -> None:
        """Send what is unsaid, as far as there is room."""
        while self._unsaid:
            word, files = self._unsaid[0]
            try:
                control.say(self._control, word, *files)
            except BlockingIOError:
                break
            except OSError:  # nobody is there to hear it: the end is read next
                self._unsaid.clear()
                break
            self._unsaid.popleft()
        if self._control in self._selector.get_map():
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsaid else 0)
            self._selector.modify(self._control, wanted)


def _size_bytes() -> int:
    """What this process has in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> int:
    """Be the nursery in one process, and in each fork's child a guard and an app; the answer is the exit code."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    guard.heed()
    guard.prctl(guard.PR_SET_PDEATHSIG, signal.SIGKILL)  # who is dead already holds no other end
    heard = control.hear(channel)
    if heard is None or not isinstance(heard[0], Load):
        return 0
    wanted = heard[0]
    nursery, own_pid = Nursery(channel, wanted), os.getpid()
    is_bare = bool(sys.flags.no_site)  # no library is found here, and none is to be (see `launchers.starter.is_bare`)
    framework = None if is_bare else nursery.load()
    born = nursery.run() if framework or is_bare else None
    if born is None:
        return 0
    guard.die_with(own_pid, by=signal.SIGQUIT)
    descriptors.close_all_but({*STANDARD, born.channel.fileno()} | born.kept)
    lines = guard.fork_app(born.channel, Level(wanted.level))
    warmth = Warmth(framework, kept=born.kept, is_spare=born.is_spare) if framework else None
    return performer.perform(born.channel, lines, warmth=warmth)


if __name__ == "__main__":
    sys.exit(main())
