"""What `vitrina app status` says of an app's use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vitrina.hub.cli import printing
from vitrina.store.usage import SHOWN_DAYS, since

if TYPE_CHECKING:
    from vitrina.store.opening import Store
    from vitrina.store.records import App
    from vitrina.store.usage import AppUse


def of(store: Store, app: App) -> AppUse:
    """The last days of an app."""
    return store.use.of_app(app.id, since=since(datetime.now(UTC).date()))


def say(use: AppUse) -> None:
    """Its sums, as lines; nothing for an app that nobody used."""
    total = use.total
    if not use.days:
        return
    print(f"\nIn the last {SHOWN_DAYS} days")
    printing.facts(
        (
            ("  openings", total.openings),
            ("  viewers", use.viewers),
            ("  sessions", total.sessions),
            ("  requests", total.requests),
            ("  errors", total.errors),
            ("  starts", total.starts),
            ("  ready in", _seconds(total.ready_mean_s)),
            ("  slowest", _seconds(total.ready_most_s if total.ready else None)),
            ("  crashes", total.crashes),
            ("  memory", printing.size(total.memory_most_bytes) if total.memory_most_bytes else None),
        )
    )


def _seconds(seconds: float | None) -> str | None:
    return None if seconds is None else f"{seconds:.2f} s"
