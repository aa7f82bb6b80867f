"""What a kind of logged object is: the contract that every file of this folder keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from vitrina.store.errors import InvalidError
from vitrina.store.views import View


class Section(StrEnum):
    """The part of a reference that an object is found under: `…#charts/roc`."""

    CHARTS = "charts"
    IMAGES = "images"
    TABLES = "tables"
    TEXTS = "texts"
    HTML = "html"
    AUDIO = "audio"
    VIDEO = "video"
    FILES = "files"


@dataclass(frozen=True)
class Taken:
    """A value as the store keeps it.

    `payload` is what becomes the blob: bytes, or the path of an existing file that is not to be held in memory.
    `extension` begins with a dot ("" where none fits). `summary` is a small JSON object with what lists, references and
    `view` need. `still` is a picture of the object where one costs nothing at log time, else None.
    """

    kind: str
    payload: bytes | Path
    media_type: str
    extension: str
    summary: dict[str, Any] = field(default_factory=dict[str, Any])
    still: bytes | None = None
    still_media_type: str | None = None


class KindError(InvalidError):
    """A value cannot be taken as a logged object."""


class Kind(Protocol):
    """One kind of logged object. A module with these names is a kind, and stands in `registry.KINDS`.

    Importing it loads the standard library and this package only; a library is imported when a value of it is taken,
    which means that it is imported already. All calls are pure, keep nothing, and may come from any thread.
    """

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module
        """The kind's name as it is stored: never changed once released."""
        ...

    @property
    def SECTION(self) -> Section:  # noqa: N802
        """The part of references that objects of this kind are found under."""
        ...

    @property
    def TAKES(self) -> str:  # noqa: N802
        """The types that `take` takes, as the end of "Give …" in the error of a value that is refused."""
        ...

    def claims(self, value: object) -> bool:
        """Whether a value is of this kind when nobody said so: from types and names of modules only, importing nothing
        and reading no file. The first kind in `KINDS` that claims a value gets it."""
        ...

    def take(self, *values: Any, **options: Any) -> Taken:
        """`take(value, **options)`: one value; the options are the kind's own, each keyword-only and with a default.

        What is taken is copied: later changes of the value change nothing (a path is read later, by whoever stores it).
        Raises KindError, whose message ends a sentence ("… cannot be taken as image: it has 5 dimensions").
        """
        ...

    def view(self, summary: Mapping[str, Any], payload: bytes) -> View:
        """How it is shown. The payload may be one that a hostile client stored: nothing in it is run or fetched.

        Images, audio and video read the summary only. Raises KindError for a payload that the summary does not fit.
        """
        ...
