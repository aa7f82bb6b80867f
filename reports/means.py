"""What a printed document needs besides itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vitrina.reports.worker import Workers
from vitrina.store.records import Blob


@dataclass(frozen=True, slots=True)
class Means:
    read: Callable[[Blob], bytes]
    """Pictures and figures: `store.blobs.read`."""

    workers: Workers
    """Draw charts and lay out pages."""
