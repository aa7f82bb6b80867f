"""The sheets of reports agree with the hub's and with the charts' colours."""

from __future__ import annotations

import re
from pathlib import Path

from vitrina.hub.pages import assets
from vitrina.reports.sheets import FOLDER, PROSE, static

TOKEN = re.compile(r"(--[\w-]+):\s*([^;]+);")
HUB = (assets.FOLDER / "tokens.css").read_text(encoding="utf-8")


def tokens(text: str, block: str) -> dict[str, str]:
    """The tokens that a block sets."""
    match = re.search(rf"{block}\s*{{(.*?)\n\s*}}", text, flags=re.DOTALL)
    assert match is not None
    return {name: " ".join(value.split()) for name, value in TOKEN.findall(match[1])}


def test_a_frozen_file_has_the_hubs_colours_light_and_dark() -> None:
    sheet = static("document.css")
    for block in (r":root", r':root\[data-theme="dark"\]', r':root:not\(\[data-theme="light"\]\)'):
        own, theirs = tokens(sheet, block), tokens(HUB, block)
        assert len(own) > 10
        assert {name: theirs.get(name) for name in own} == own


def test_prose_uses_only_tokens_that_both_have() -> None:
    used = set(re.findall(r"var\((--[\w-]+)\)", PROSE.read_text(encoding="utf-8")))
    assert used <= set(tokens(static("document.css"), ":root"))
    assert used <= set(tokens(HUB, ":root"))


def test_no_sheet_fetches_anything() -> None:
    for file in sorted(Path(FOLDER).glob("*.css")):
        text = file.read_text(encoding="utf-8")
        assert "url(" not in text, file.name
        assert "@import" not in text, file.name
