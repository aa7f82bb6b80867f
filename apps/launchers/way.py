"""How the process of an app began, which says most of how long its start takes."""

from __future__ import annotations

from enum import Enum


class Way(Enum):
    """The value is the word in figures."""

    COLD = "cold"
    """No nursery was there: the app waited for one, or began without."""

    WARM = "warm"
    """Forked from a nursery for this start."""

    SPARE = "spare"
    """It waited for its job already."""
