"""The Python that an app is started with: the hub's own, or that of an environment."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Interpreter:
    """`path` are folders for the module path of that Python, which has none of the hub's libraries; `environment` names
    the environment that it belongs to, None: it is the hub's own."""

    python: Path
    path: tuple[Path, ...] = ()
    environment: str | None = None

    def told(self) -> dict[str, Any]:
        """It as JSON has it."""
        return {"python": str(self.python), "path": [*map(str, self.path)], "environment": self.environment}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Interpreter:
        """It of such a telling."""
        return cls(Path(told["python"]), tuple(map(Path, told["path"])), told["environment"])


OWN = Interpreter(Path(sys.executable))
"""That of this process."""
