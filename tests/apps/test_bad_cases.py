"""The table of what goes wrong (docs/apps-life.md): each of its tests is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CLONE = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?P<case>[^|]+) \|[^|]+\|[^|]+\| `(?P<file>tests/\S+\.py)::(?P<test>\w+)` \|$", re.MULTILINE)
ROWS = {found["case"]: found for found in ROW.finditer((CLONE / "docs" / "apps-life.md").read_text())}


def test_every_row_names_a_test() -> None:
    _, _, section = (
        (CLONE / "docs" / "apps-life.md").read_text().partition("## When an app, or the machine, goes wrong")
    )
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    assert len(rows) == len(ROWS) >= 20


@pytest.mark.parametrize("case", ROWS)
def test_the_test_of_a_bad_case_is_there(case: str) -> None:
    row = ROWS[case]
    assert re.search(rf"^(async )?def {row['test']}\(", (CLONE / row["file"]).read_text(), re.MULTILINE)
