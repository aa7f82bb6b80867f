"""Fresh randomness: what forks of one process would otherwise all have alike.

Python's own `random` renews itself at a fork, and so does OpenSSL; `uuid`, `secrets` and `tempfile` ask the kernel.
The seed of `hash()` cannot be changed: it is that of the process in which the framework was imported.
"""

from __future__ import annotations

import os
import random
import ssl
import sys
from typing import Any

SEED_BYTES = 32


def renew() -> None:
    """Seed anew whatever of this process is known to have a seed, without importing anything."""
    random.seed()
    ssl.RAND_add(os.urandom(SEED_BYTES), float(SEED_BYTES))
    if numpy := _loaded("numpy.random"):
        numpy.seed()
    if torch := _loaded("torch"):
        torch.seed()


def _loaded(name: str) -> Any:
    return sys.modules.get(name)
