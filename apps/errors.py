"""What can go wrong with a logged app, each with the step at which it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vitrina.store.errors import NotFoundError, VitrinaError

if TYPE_CHECKING:
    from vitrina.apps.job import Step


class AppError(VitrinaError):
    """A logged app could not be kept, started or served."""


class UnknownAppError(NotFoundError):
    """No app of this key was opened since the supervisor started."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"app {key!r} here", hint="Open it first.")


class StartError(AppError):
    """An app did not start; `step` says how far it came (None: not even its process began)."""

    status = 502

    def __init__(self, message: str, *, hint: str | None = None, step: Step | None = None) -> None:
        self.step = step
        super().__init__(message, hint=hint)


class AnswerError(StartError):
    """An app's server answers, and not as it should."""
