"""The one family of errors. Each says what happened, where, and what to do; a surface prints it, never a traceback."""

from __future__ import annotations


class VitrinaError(Exception):
    """Vitrina could not do what was asked."""

    status = 400
    """The HTTP status that a problem document of this error carries."""

    permanent = True
    """Whether trying the same thing again cannot help."""

    def __init__(self, message: str | None = None, *, hint: str | None = None) -> None:
        self.message = message or type(self).__doc__ or ""
        self.hint = hint
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}" if self.hint else self.message


class NotFoundError(VitrinaError):
    """There is no such thing here."""

    status = 404

    def __init__(self, what: str, *, hint: str | None = None) -> None:
        self.what = what
        super().__init__(f"There is no {what}.", hint=hint)


class ConflictError(VitrinaError):
    """What was asked contradicts what is stored."""

    status = 409


class InvalidError(VitrinaError):
    """A value cannot be taken."""

    status = 422


class MissingExtraError(VitrinaError):
    """A library that this needs is not installed."""

    def __init__(self, library: str, *, extra: str, purpose: str) -> None:
        self.library = library
        super().__init__(
            f"{purpose} needs {library}, which is not installed.", hint=f'Install it: pip install "vitrina[{extra}]"'
        )
