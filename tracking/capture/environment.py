"""The interpreter, the machine and the packages that a run had."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from typing import Any


def facts() -> dict[str, Any]:
    """Short facts, for the page of a run."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "host": platform.node(),
        "cpus": os.cpu_count(),
    }


def packages() -> str:
    """The installed distributions as lines of a requirements file, in the order of their names."""
    found = {one.name.lower(): f"{one.name}=={one.version}" for one in metadata.distributions() if one.name}
    return "".join(f"{line}\n" for _, line in sorted(found.items()))
