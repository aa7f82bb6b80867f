"""Fresh randomness: what forks of one process would otherwise all have alike.

Python's own `random` renews itself at a fork, and so does OpenSSL, on which `ssl` stands; `uuid`, `secrets` and
`tempfile` ask the kernel. The seed of `hash()` cannot be changed: it is the process's that imported the framework.
"""

from __future__ import annotations

import sys
from typing import Any


def renew() -> None:
    """Seed anew what does not do so by itself, of the libraries that this process has imported."""
    if numpy := _loaded("numpy.random"):
        numpy.seed()
    if torch := _loaded("torch"):
        torch.seed()


def _loaded(name: str) -> Any:
    return sys.modules.get(name)
