"""What a charting library must say of its figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from vitrina.store.kinds.kind import KindError
from vitrina.store.views import View


@dataclass(frozen=True)
class Kept:
    """A figure as it is kept: the fields of `Taken` that depend on the library."""

    payload: bytes
    media_type: str
    extension: str = ".json"
    summary: dict[str, Any] = field(default_factory=dict[str, Any])
    still: bytes | None = None


class Figure(Protocol):
    """A library whose figures the chart kind takes. A module with these names is one, and stands in
    `chart.LIBRARIES`."""

    @property
    def LIBRARY(self) -> str:  # noqa: N802 - a constant of the module
        """The library's name, kept in the summary: never changed once released."""
        ...

    def claims(self, value: object) -> bool:
        """Whether a value is one of its figures, from the types' names alone."""
        ...

    def keep(self, value: Any) -> Kept:
        """The figure as bytes. Raises KindError for one that cannot be kept whole."""
        ...

    def view(self, summary: Mapping[str, Any], payload: bytes) -> View:
        """How it is shown. Raises KindError for a payload that is no such figure."""
        ...


def read_json(payload: bytes) -> dict[str, Any]:
    """The JSON object of a payload. Raises KindError when it is none."""
    try:
        value: object = json.loads(payload)
    except ValueError as error:
        raise KindError("The stored figure is not valid JSON.") from error
    if not isinstance(value, dict):
        raise KindError("The stored figure is not a JSON object.")
    return cast("dict[str, Any]", value)
