"""Texts and what they become, as documents: title, input, expected. A bug report is pasted, then mended."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from vitrina.reports import Reader, live, parse, resolve
from vitrina.store.opening import Store

FOLDER = Path(__file__).parent / "fixtures"
SPEC = re.compile(r'(<script type="application/json">)\{.*?\}(</script>)')


def cases() -> list[object]:
    """Three parts a case, each ended by a line that is a dot."""
    found: list[object] = []
    for file in sorted(FOLDER.glob("*.md")):
        parts = re.split(r"^\.$\n?", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert len(parts) % 3 == 1, f"{file.name}: a case has a title, an input and what is expected"
        for title, given, expected in zip(parts[0:-1:3], parts[1::3], parts[2::3], strict=True):
            found.append(pytest.param(given, expected, id=f"{file.stem}: {title.strip()}"))
    return found


@pytest.mark.parametrize(("given", "expected"), cases())
def test_a_text_becomes(given: str, expected: str, sample: Store) -> None:
    page = live(resolve(parse(given), Reader(sample)))
    key = hashlib.sha256(given.encode()).hexdigest()[:32]
    assert tidy(page.html.replace(key, "KEY")) == tidy(expected)


def tidy(html: str) -> str:
    """Without blanks at the ends of lines, empty lines, and the data of charts."""
    lines = (line.strip() for line in SPEC.sub(r"\1…\2", html).splitlines())
    return "\n".join(line for line in lines if line)
