"""Commands in this process, and what they said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from vitrina.hub.cli import main
from vitrina.tracking.connections import CONNECTIONS


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def vitrina(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Said]]:
    """Runs `vitrina` with these words."""

    def run(*words: object) -> Said:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    yield run
    CONNECTIONS.close()
