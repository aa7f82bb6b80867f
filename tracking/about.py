"""Calls that say something of the run itself: its name, tags, status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vitrina.store.errors import InvalidError
from vitrina.store.records import Status
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.records import About, StatusMove, Tags

_NO_VALUES: Mapping[str, Any] = {}


def set_name(run: Recorder, name: str) -> None:
    """Renames the run; names need not be unique."""
    run.write(About(name=name))


def set_description(run: Recorder, description: str) -> None:
    """Says in a sentence or two what the run is about; a README may say more."""
    run.write(About(description=description))


def log_tags(run: Recorder, tags: str | Iterable[str]) -> None:
    """Adds tags; a text holds several with commas between."""
    run.write(Tags(tags_of(tags)))


def log_meta(run: Recorder, values: Mapping[str, Any] = _NO_VALUES, /, **named: Any) -> None:
    """Keeps facts about the run that are neither inputs nor outputs; merged into what there is."""
    run.write(About(meta={**values, **named}))


def log_status(run: Recorder, status: str, reason: str | None = None, message: str | None = None) -> None:
    """Gives the run a status: running, succeeded, failed or stopped. It stays open for logging until it ends."""
    run.write(StatusMove(_status(status), reason or "", message or ""))


def log_succeeded(run: Recorder, reason: str | None = None, message: str | None = None) -> None:
    """Marks the run succeeded."""
    log_status(run, Status.SUCCEEDED, reason, message)


def log_failed(run: Recorder, reason: str | None = None, message: str | None = None) -> None:
    """Marks the run failed."""
    log_status(run, Status.FAILED, reason, message)


def log_stopped(run: Recorder, reason: str | None = None, message: str | None = None) -> None:
    """Marks the run stopped."""
    log_status(run, Status.STOPPED, reason, message)


def tags_of(tags: str | Iterable[str]) -> tuple[str, ...]:
    """Tags without blanks around them, each once."""
    listed = tags.split(",") if isinstance(tags, str) else tags
    return tuple(dict.fromkeys(tag.strip() for tag in listed if tag.strip()))


def _status(text: str) -> Status:
    try:
        return Status(text.lower())
    except ValueError:
        raise InvalidError(f"A run has no status {text!r}.", hint=f"Statuses are {', '.join(Status)}.") from None
