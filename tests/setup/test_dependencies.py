"""docs/dependencies.md says what every library is for: its rows are what pyproject.toml asks for."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LIGHT_CLIENT = "The light client"


def asked_for() -> dict[str, set[str]]:
    """Library names by extra; requirements on an extra of our own are left out."""
    groups: dict[str, list[str]] = {LIGHT_CLIENT: PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
    names = {extra: {re.split(r"[^\w-]", line)[0] for line in lines} - {"vitrina"} for extra, lines in groups.items()}
    return {extra: libraries for extra, libraries in names.items() if libraries}


def explained() -> dict[str, set[str]]:
    sections = re.split(r"^## ", (ROOT / "docs" / "dependencies.md").read_text(), flags=re.MULTILINE)[1:]
    rows = {section.split("\n", 1)[0]: re.findall(r"^\| ([\w-]+) \|", section, re.MULTILINE) for section in sections}
    return {extra: set(names) - {"library", "package"} for extra, names in rows.items()}


@pytest.mark.parametrize("extra", asked_for())
def test_every_library_has_its_row_and_every_row_its_library(extra: str) -> None:
    assert explained().get(extra) == asked_for()[extra]


def test_all_brings_every_extra_that_is_no_tool_of_ours() -> None:
    extras = PROJECT["optional-dependencies"]
    (line,) = extras["all"]
    assert set(re.findall(r"\w+", line)) - {"vitrina"} == set(extras) - {"all", "test", "check"}
