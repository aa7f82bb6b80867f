"""What a launcher has at hand for the next starts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stock:
    """Of one kind of app."""

    framework: str
    nurseries: int
    spares: int
