"""What a launcher tells the runner, and what the runner tells back: JSON lines over one inherited socket pair.

The job comes first, as one line; everything after it are messages of the runner. None of it passes through the
environment or the command line, where other processes could read it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from enum import Enum
from typing import Any


class Step(Enum):
    """How far a start has come; the value is the line that people see while they wait."""

    BEGUN = "Its process has begun."
    UNPACKED = "Its files are in place."
    IMPORTED = "Its framework is loaded."
    RAN = "Its file was run."
    BOUND = "Its server is starting."


@dataclass(frozen=True)
class Job:
    """One start of one app, as the runner needs it; all paths are absolute, except `entry` and `cwd` in the bundle.

    `folder` is the instance's private folder (mode 0700); `socket` is where to listen; `grace_s` is how long the app is
    given to end when it is asked to.
    """

    framework: str
    entry: str
    cwd: str
    bundle: str
    bundle_digest: str
    origin: str
    folder: str
    socket: str
    log: str
    grace_s: float

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

    `pid` comes with the first step, `health` (the path to GET) with BOUND. `failure` is the one line of a start that
    failed. `code` or `signal` say how the app's process ended; it is the last message.
    """

    step: Step | None = None
    pid: int | None = None
    health: str | None = None
    failure: str | None = None
    code: int | None = None
    signal: int | None = None

    def line(self) -> bytes:
        """The message as one line of JSON."""
        told = {name: value for name, value in asdict(self).items() if value is not None}
        if self.step:
            told["step"] = self.step.name
        return json.dumps(told).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Message:
        """The message of such a line."""
        told: dict[str, Any] = json.loads(line)
        step = told.pop("step", None)
        return cls(step=Step[step] if step else None, **told)
