"""Render workers: processes that draw charts and lay out pages, so that nothing a user made can stop or take over
whoever asks.

A worker has no network where the system allows that, a limit on its memory, a clean environment, and a deadline for
each job; past it, it is killed. It is started at the first job, kept warm, and replaced after some jobs and after its
death."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import IO, Any, BinaryIO, cast

from vitrina.reports.framing import BrokenMessageError, Message, read, write
from vitrina.store.errors import MissingExtraError, VitrinaError

_log = logging.getLogger(__name__)

MODULE = "vitrina.reports.press"
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TZ", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "LD_LIBRARY_PATH")
"""What a worker needs of the environment: to find programs, fonts and libraries. No address, no token."""

_TAIL_BYTES = 2_000


class RenderError(VitrinaError):
    """This cannot be drawn."""

    status = 422


class WorkerDiedError(RenderError):
    """The renderer died while it drew this."""

    def __init__(self, job: str) -> None:
        super().__init__(
            f"The renderer died while it worked on this ({job}).", hint="Perhaps it is too large: bring less data."
        )


class WorkerLateError(RenderError):
    """The renderer took too long."""

    def __init__(self, job: str, deadline_s: float) -> None:
        super().__init__(
            f"The renderer took longer than {deadline_s:g} s for this ({job}).",
            hint="Bring less data, or fewer charts.",
        )


@dataclass(frozen=True, slots=True)
class Limits:
    deadline_s: float = 60.0
    """For one job, from being asked to the answer; the start of a worker comes on top."""

    start_s: float = 30.0
    memory_bytes: int = 2 * 1024**3
    answer_bytes: int = 200_000_000
    jobs: int = 200
    """After so many a worker is replaced: libraries leak."""


@dataclass(frozen=True, slots=True)
class Running:
    """A worker that lives, for who watches over it."""

    pid: int
    has_network: bool
    """Whether the system would not let it give the network up; fetching is refused all the same."""

    jobs: int


@dataclass(eq=False)
class _Process:
    """One worker process."""

    popen: subprocess.Popen[bytes]
    errors: IO[bytes]
    """A file: a pipe that nobody reads would stop a worker that complains much."""

    has_network: bool = True
    jobs: int = 0

    @property
    def to(self) -> BinaryIO:
        return cast("BinaryIO", self.popen.stdin)

    @property
    def back(self) -> BinaryIO:
        return cast("BinaryIO", self.popen.stdout)

    def end(self) -> None:
        """Kills it, whatever it does, and lets go of its pipes."""
        self.popen.kill()
        self.popen.wait()
        for stream in (self.popen.stdin, self.popen.stdout, self.errors):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def last_words(self) -> str:
        self.errors.seek(0, os.SEEK_END)
        self.errors.seek(max(0, self.errors.tell() - _TAIL_BYTES))
        return self.errors.read().decode(errors="replace").strip()


class Workers:
    """A few workers for several threads: each job waits for one that is free. `close` ends them all."""

    def __init__(self, count: int = 1, *, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._free: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        self._living: set[_Process] = set()
        self._is_closed = False
        self._vega: bytes | None = None
        for _ in range(count):
            self._free.put(None)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def svg(self, spec: bytes) -> bytes:
        """A Vega-Lite spec, as JSON, drawn as SVG. This and all others raise RenderError."""
        return self._asked("svg", {}, (spec,)).blobs[0]

    def png(self, spec: bytes, *, scale: float) -> bytes:
        return self._asked("png", {"scale": scale}, (spec,)).blobs[0]

    def vega(self) -> bytes:
        """Vega, Vega-Lite and vega-embed as one script; asked for once."""
        if self._vega is None:
            self._vega = self._asked("vega", {}, ()).blobs[0]
        return self._vega

    def pdf(
        self, html: str, resources: Mapping[str, tuple[str, bytes]], *, identifier: str, base_url: str | None
    ) -> bytes:
        """A page laid out. `resources` are what it names as `vitrina:NAME`, each with its media type; nothing else is
        fetched. `identifier` names the file's content, links that are no addresses of their own start from
        `base_url`."""
        names = [{"name": name, "type": media_type} for name, (media_type, _) in resources.items()]
        head: dict[str, Any] = {"resources": names, "identifier": identifier, "base_url": base_url, "options": {}}
        answer = self._asked("pdf", head, (html.encode(), *(content for _, content in resources.values())))
        for url in answer.head.get("refused", ()):
            _log.warning("a page asked for %s, and was refused", url, extra={"action": "refuse_fetch"})
        return answer.blobs[0]

    def running(self) -> list[Running]:
        """The workers that live now."""
        return [Running(one.popen.pid, one.has_network, one.jobs) for one in tuple(self._living)]

    def close(self) -> None:
        """Ends the workers that are free now; one that works is ended when it is given back. Jobs that wait are
        refused."""
        self._is_closed = True
        self._drain()

    def _asked(self, job: str, fields: Mapping[str, Any], blobs: Sequence[bytes]) -> Message:
        process, kept = self._free.get(), None
        try:
            if self._is_closed:
                raise RenderError("The renderer is closed.")
            if process is None:
                process = _started(self.limits)
                self._living.add(process)
            ask = partial(_exchange, process, job, fields, blobs, self.limits)
            answer = _within(process, self.limits.deadline_s, job, ask)
            process.jobs += 1
            kept = process if process.jobs < self.limits.jobs else None
        finally:
            if process is not None and kept is None:
                self._end(process)
            self._free.put(kept)
            if self._is_closed:
                self._drain()
        if "missing" in answer.head:
            raise MissingExtraError(str(answer.head["missing"]), extra="reports", purpose="Printing")
        if "error" in answer.head:
            raise RenderError(f"This cannot be drawn: {answer.head['error']}")
        return answer

    def _drain(self) -> None:
        """Ends what is free; the places stay, so that whoever waits for one comes to know that there is nothing."""
        places = 0
        with contextlib.suppress(queue.Empty):
            while True:
                process = self._free.get_nowait()
                places += 1
                if process is not None:
                    self._end(process)
        for _ in range(places):
            self._free.put(None)

    def _end(self, process: _Process) -> None:
        self._living.discard(process)
        process.end()


def _started(limits: Limits) -> _Process:
    errors = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
    environment = {name: value for name, value in os.environ.items() if name in KEPT_VARIABLES}
    popen = subprocess.Popen(
        [sys.executable, "-I", "-m", MODULE, str(limits.memory_bytes), str(limits.deadline_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        cwd="/",
    )
    process = _Process(popen, errors)
    try:
        ready = _within(process, limits.start_s, "start", lambda: _answer(process, "start", limits))
    except (WorkerDiedError, WorkerLateError):
        process.end()
        raise RenderError("The renderer does not start.", hint="The log says what it said last.") from None
    except BaseException:
        process.end()
        raise
    return replace(process, has_network=bool(ready.head.get("network", True)))


def _within(process: _Process, seconds: float, job: str, work: Callable[[], Message]) -> Message:
    """The answer, if it comes in time; else the process is killed, which ends the reading."""
    is_late = threading.Event()

    def kill() -> None:
        is_late.set()
        process.popen.kill()

    timer = threading.Timer(seconds, kill)
    timer.daemon = True
    timer.start()
    try:
        return work()
    except WorkerDiedError:
        if is_late.is_set():
            raise WorkerLateError(job, seconds) from None
        raise
    finally:
        timer.cancel()


def _exchange(
    process: _Process, job: str, fields: Mapping[str, Any], blobs: Sequence[bytes], limits: Limits
) -> Message:
    try:
        write(process.to, Message({"job": job, **fields}, blobs))
    except OSError:
        raise _death(process, job) from None
    return _answer(process, job, limits)


def _answer(process: _Process, job: str, limits: Limits) -> Message:
    try:
        answer = read(process.back, most=limits.answer_bytes)
    except (BrokenMessageError, OSError):
        answer = None
    if answer is None:
        raise _death(process, job)
    return answer


def _death(process: _Process, job: str) -> WorkerDiedError:
    """The error for people; what the process said last goes to the log."""
    process.popen.kill()
    code = process.popen.wait()
    _log.warning("a worker ended with %s at %s", code, job, extra={"action": "lose_worker"})
    _log.debug("its last words: %s", process.last_words(), extra={"action": "lose_worker"})
    return WorkerDiedError(job)
