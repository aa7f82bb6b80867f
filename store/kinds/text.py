"""Plain text, or the source of a program."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrina.store.kinds.kind import KindError, Section, Taken
from vitrina.store.views import TextView

NAME = "text"
SECTION = Section.TEXTS
TAKES = "a str, or a pathlib.Path of a file in UTF-8"

FIRST_LINE_LENGTH = 120
"""Characters of the first line that a list shows."""


def claims(value: object) -> bool:
    return isinstance(value, str)


def take(value: object, *, language: str | None = None) -> Taken:
    """`language` names the programming language of code ("python"); without it the text is shown as written, not
    highlighted."""
    text = read_text(value)
    summary = text_summary(text) | ({"language": language} if language else {})
    return Taken(NAME, text.encode(), "text/plain; charset=utf-8", ".txt", summary)


def view(summary: Mapping[str, Any], payload: bytes) -> TextView:
    language = summary.get("language")
    return TextView(payload.decode("utf-8", errors="replace"), "code" if language else "plain", language)


def read_text(value: object) -> str:
    """The text of a str or of a file in UTF-8; what is a surrogate in it, and so cannot be written, becomes a question
    mark."""
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if not isinstance(value, Path):
        raise KindError("it is no text")
    try:
        return value.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise KindError(f"{value.name} is not UTF-8 (byte {error.start})") from error
    except OSError as error:
        raise KindError(f"{value} cannot be read: {error.strerror}") from error


def text_summary(text: str) -> dict[str, Any]:
    """What a list shows of a text: its first line and its length in characters."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return {"first_line": first[:FIRST_LINE_LENGTH], "length": len(text)}
