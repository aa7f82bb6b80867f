"""Whether an environment has what an app needs: asked of metadata that is played here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from typing import Any

import pytest

from vitrina.apps.environments.installed import lacking
from vitrina.store.requirements import parse


@dataclass
class Library:
    version: str
    requires: list[str] | None = None


HERE = {
    "numpy": Library("2.1.0"),
    "pandas": Library("3.0.0rc1"),
    "torch": Library("2.5.0+cpu"),
    "uvicorn": Library("0.54", ["httptools>=0.6; extra == 'standard'", "click>=7", "old; extra == 'legacy'"]),
    "httptools": Library("0.6.1"),
    "both": Library("1.0", ["both[deep]; extra == 'all'", "missing; extra == 'deep'"]),
}


def find(name: str) -> Any:
    if name not in HERE:
        raise PackageNotFoundError(name)
    return HERE[name]


NEEDS: dict[str, str | None] = {
    "": None,
    "numpy": None,
    "numpy>=2,<3": None,
    "numpy<2": "numpy 2.1.0 is installed, and the app needs numpy<2.",
    "pandas>=2": None,
    "torch==2.5.0": None,
    "scipy": "scipy is not installed.",
    "scipy; python_version < '3'": None,
    "uvicorn[standard]": None,
    "uvicorn[legacy]": "old is not installed.",
    "both[all]": "missing is not installed.",
    "numpy\nscipy\npandas": "scipy is not installed.",
    "# requires-python: >=3.11\nnumpy": None,
}


@pytest.mark.parametrize("needs", NEEDS)
def test_what_is_lacking_first_is_said(needs: str) -> None:
    assert lacking(parse(needs), find=find) == NEEDS[needs]


def test_another_python_is_lacking() -> None:
    assert str(lacking(parse("# requires-python: <3\n"), find=find)).startswith(
        "The app needs Python <3, and the hub has 3."
    )
