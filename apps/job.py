"""What a launcher tells the runner, and what the runner tells back: JSON lines over one inherited socket pair.

The job comes first, as one line; everything after it are messages of the runner. None of it passes through the
environment or the command line, where other processes could read it. The app's own code runs in the process that
sends, so the receiver takes a message for what the app says of itself and for nothing more.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any

from vitrina.apps.errors import AppError

MAX_LINE_BYTES = 64 * 1024
"""No message is longer; a longer line is garbage."""


MESSAGE_TYPES = {"step": str, "pid": int, "health": str, "rehearsal": str, "failure": str}
"""The fields of a message as JSON has them; anything else did not come from a runner."""


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
    """One start of one app, as the runner needs it; all paths are absolute, except `entry` and `cwd` in the bundle.

    `parent_pid` is the launcher's process, with which the app has to end. `folder` is the instance's private folder
    (mode 0700); `socket` is where to listen.
    """

    parent_pid: int
    framework: str
    entry: str
    cwd: str
    bundle: str
    bundle_digest: str
    origin: str
    folder: str
    socket: str
    log: str

    def line(self) -> bytes:
        """The job as one line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Job:
        """The job of such a line."""
        values: dict[str, Any] = json.loads(line)
        return cls(**{field.name: values[field.name] for field in fields(cls)})


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
            step = Step[told.pop("step")] if "step" in told else None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise GarbledError("The app's runner sent something that is no message.") from error
        return cls(step=step, **told)
