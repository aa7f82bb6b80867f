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
    found = dict(filter(None, map(_line, metadata.distributions())))
    return "".join(f"{found[name]}\n" for name in sorted(found))


def _line(distribution: metadata.Distribution) -> tuple[str, str] | None:
    """(name to sort by, `name==version`); None for what is broken. Only the first lines of its metadata are read:
    parsing all of them costs a second where much is installed."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    head, _, _ = text.partition("\n\n")
    facts = {key: value.strip() for key, _, value in (line.partition(":") for line in head.splitlines())}
    name, version = facts.get("Name"), facts.get("Version")
    return (name.lower(), f"{name}=={version}") if name and version else None
