"""A page of HTML: kept as it is, shown in a sandboxed frame only."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrina.store.kinds.kind import Section, Taken
from vitrina.store.kinds.text import read_text
from vitrina.store.views import HtmlView

NAME = "html"
SECTION = Section.HTML
TAKES = "a str, or a pathlib.Path of a file in UTF-8"

SUFFIXES = (".html", ".htm")


def claims(value: object) -> bool:
    return isinstance(value, Path) and value.suffix.lower() in SUFFIXES


def take(value: object) -> Taken:
    page = read_text(value)
    return Taken(NAME, page.encode(), "text/html; charset=utf-8", ".html", {"length": len(page)})


def view(summary: Mapping[str, Any], payload: bytes) -> HtmlView:
    return HtmlView(payload.decode("utf-8", errors="replace"))
