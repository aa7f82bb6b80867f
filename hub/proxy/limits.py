"""How much and how long the front goes along with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vitrina.hub.settings import MB, UPLOAD_MB

if TYPE_CHECKING:
    from vitrina.hub.settings import Settings
    from vitrina.store.serving import Serving


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    upload_bytes: int = UPLOAD_MB * MB
    """The longest body of one request. It streams through: this guards apps, which mostly keep it, not the front."""

    message_bytes: int = 256 * 2**20
    """The longest message on a WebSocket, which is held whole; Streamlit's own limit is 200 MB."""

    hold_s: float = 0.4
    """So long a person's request is held before the waiting page comes: for less, a page would only flicker by."""

    poll_s: float = 1.0
    """So long the waiting page's question is held while nothing is new; as often it gets new log lines."""

    log_lines: int = 40
    """What the waiting page and the page of a stopped app show of the log."""

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Those of a hub with these settings."""
        return cls(upload_bytes=settings.upload_mb * MB)

    def upload_to(self, serving: Serving) -> int:
        """The longest body for an app that is served so: its maintainer lowers the hub's limit, and never raises it."""
        own = self.upload_bytes if serving.upload_mb is None else serving.upload_mb * MB
        return min(own, self.upload_bytes)
