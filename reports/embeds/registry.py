"""The list of embeds, and those that other packages bring."""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import entry_points

from vitrina.reports.embeds import (
    app,
    artifact,
    chart,
    chip,
    dataset,
    image,
    logged,
    model,
    project,
    report,
    run,
    runs,
    table,
    value,
)
from vitrina.reports.embeds.embed import Embed

GROUP = "vitrina.embeds"
"""Entry points of this group name modules or objects that keep the contract of `Embed`."""

EMBEDS: tuple[Embed, ...] = (
    value,
    chip,
    chart,
    image,
    table,
    logged,
    runs,
    app,
    report,
    model,
    dataset,
    artifact,
    run,
    project,
)
"""In the order in which they are asked whether a place is theirs: parts of things before the things."""

_log = logging.getLogger(__name__)


@cache
def embeds() -> tuple[Embed, ...]:
    """All embeds, other packages' first; one that cannot be loaded is left out, and the log says why."""
    return (*_others(), *EMBEDS)


def _others() -> tuple[Embed, ...]:
    found: list[Embed] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            found.append(point.load())
        except Exception:
            # Another package's mistake must not take the reports away.
            _log.exception("embed %s cannot be loaded", point.value, extra={"action": "load_embed"})
    return tuple(found)
