"""What a launcher tells an app's process, and what that tells back: JSON lines over one inherited socket pair.

The job is one line, and the socket to serve on comes with it; the other way go messages, and once the app is served
feedback (`vitrina.apps.feedback`): a packet each, so that nothing that several threads or processes of an app say gets
mixed. None of it passes through the
environment or the command line, where other processes could read it. The app's own code runs in the process that
sends, so the receiver takes a message for what the app says of itself and for nothing more.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any

from vitrina.apps.errors import AppError
from vitrina.apps.levels import Level, Network

MAX_LINE_BYTES = 64 * 1024
"""No message is longer; a longer line is garbage."""

MAX_JOB_BYTES = 128 * 1024


MESSAGE_TYPES = {"step": str, "pid": int, "health": str, "rehearsal": str, "failure": str}
"""The fields of a message as JSON has them; anything else did not come from a runner."""


LONGEST_PATH = 2048
"""Of the paths in a message, in characters: a nursery keeps them in notes, which have to fit into a packet."""


def channel() -> tuple[socket.socket, socket.socket]:
    """The launcher's end and the app's, both blocking and closed on exec. The kernel tells the first who sends."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return ours, theirs


class GarbledError(AppError):
    """A runner said what no runner says."""


class Step(Enum):
    """What a start is doing; the value is the line that people see while they wait."""

    BEGINNING = "Starting its process."
    UNPACKING = "Putting its files in place."
    LOADING = "Loading its framework."
    RUNNING = "Running its file."
    SERVING = "Waiting for the first answer of its server."
    REHEARSING = "Running its code as for a person who comes."


@dataclass(frozen=True)
class Job:
    """One start of one app, as its process needs it; all paths are absolute, except `entry` and `cwd` in the bundle.

    `folder` is the instance's private folder (mode 0700). `origin` and `prefix` are those of `AppSpec`. `environment`
    is all that the app gets of it, before its framework adds its own.
    """

    framework: str
    entry: str
    cwd: str
    bundle: str
    bundle_digest: str
    origin: str
    folder: str
    log: str
    environment: Mapping[str, str]
    prefix: str = ""
    served: str = ""
    """The folder of its version's files; empty: it belongs to none."""

    production: str = ""
    """That of the version in production; empty: there is none, or it is the app's own."""

    level: str = Level.PROCESS.value
    network: str = Network.NONE.value

    def line(self) -> bytes:
        """The job as one line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Job:
        """The job of such a line."""
        values: dict[str, Any] = json.loads(line)
        return cls(**{field.name: values[field.name] for field in fields(cls)})

    def send(self, channel: socket.socket, listener: socket.socket) -> None:
        """Hand the job over, with the socket that listens for the app; it stays open here. Raises OSError."""
        socket.send_fds(channel, [self.line()], [listener.fileno()])

    @classmethod
    def receive(cls, channel: socket.socket) -> tuple[Job, socket.socket]:
        """Wait for a job and its socket. Raises EOFError when the launcher hangs up instead."""
        line, files, _, _ = socket.recv_fds(channel, MAX_JOB_BYTES, 1, socket.MSG_CMSG_CLOEXEC)
        if not line:
            raise EOFError
        listener = socket.socket(fileno=files[0])
        listener.setblocking(False)
        return cls.parse(line), listener


@dataclass(frozen=True)
class Message:
    """One message of the runner; what is not told stays None.

    `step` is what it does now. `pid` (of the app) comes once. `health`, the path to GET, comes with SERVING, and with
    it `rehearsal` where the app's code only runs when somebody comes (see `Stage.listen`). `failure` is the one line
    of a start that failed, in the step told last. How the app ended is not told but seen: the guard ends as it did.
    """

    step: Step | None = None
    pid: int | None = None
    health: str | None = None
    rehearsal: str | None = None
    failure: str | None = None

    def line(self) -> bytes:
        """The message as one line of JSON."""
        told = {name: value for name, value in asdict(self).items() if value is not None}
        if self.step:
            told["step"] = self.step.name
        return json.dumps(told).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Message:
        """The message of such a line. Raises GarbledError."""
        try:
            told: dict[str, Any] = json.loads(line)
            if not all(isinstance(value, MESSAGE_TYPES[name]) for name, value in told.items()):
                raise TypeError
            if any(len(told.get(name, "")) > LONGEST_PATH for name in ("health", "rehearsal")):
                raise ValueError
            step = Step[told.pop("step")] if "step" in told else None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise GarbledError("The app's runner sent something that is no message.") from error
        return cls(step=step, **told)
