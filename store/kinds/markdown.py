"""A text in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrina.store.kinds.kind import Section, Taken
from vitrina.store.kinds.text import read_text, text_summary
from vitrina.store.views import TextView

NAME = "markdown"
SECTION = Section.TEXTS
TAKES = "a str, or a pathlib.Path of a file in UTF-8"

SUFFIXES = (".md", ".markdown")


def claims(value: object) -> bool:
    return isinstance(value, Path) and value.suffix.lower() in SUFFIXES


def take(value: object) -> Taken:
    text = read_text(value)
    return Taken(NAME, text.encode(), "text/markdown; charset=utf-8", ".md", text_summary(text))


def view(summary: Mapping[str, Any], payload: bytes) -> TextView:
    return TextView(payload.decode("utf-8", errors="replace"), "markdown")
