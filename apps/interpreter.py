"""The Python that an app is started with: the hub's own, or that of an environment."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Interpreter:
    """`path` are folders for the module path of that Python, which has none of the hub's libraries; `environment` names
    the environment that it belongs to, None: it is the hub's own."""

    python: Path
    path: tuple[Path, ...] = ()
    environment: str | None = None


OWN = Interpreter(Path(sys.executable))
"""That of this process."""
