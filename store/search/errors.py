"""What can be wrong with a search."""

from __future__ import annotations

from vitrina.store.errors import InvalidError, VitrinaError


class QueryError(InvalidError):
    """A query cannot be read. `column` counts from 1; the message begins with it."""

    def __init__(self, column: int, what: str) -> None:
        self.column = column
        super().__init__(f"column {column}: {what}")


class CursorError(InvalidError):
    """A cursor does not belong to this search."""

    def __init__(self) -> None:
        super().__init__(
            "This cursor does not belong to this search.",
            hint="Give it with the same query and kind that it came from, or begin again without one.",
        )


class SearchTooSlowError(VitrinaError):
    """A search was cut off at its time limit."""

    status = 503

    def __init__(self, limit_s: float) -> None:
        super().__init__(
            f"The search took longer than {limit_s:g} s and was cut off.",
            hint="Narrow it: name a project, or add a condition that few things meet.",
        )
