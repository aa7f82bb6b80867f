"""The card of a run."""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.reports import dates
from vitrina.reports.embeds.embed import Asked
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Badge, Card, Fact, Icon, Tone
from vitrina.store.charts import numbers
from vitrina.store.measures import telling
from vitrina.store.records import Run, Status

NAME = "run"

MOST_METRICS = 3

TONES = {Status.FAILED: Tone.BAD, Status.CRASHED: Tone.BAD, Status.RUNNING: Tone.WAIT}
"""What needs a look stands out."""


def claims(asked: Asked) -> bool:
    found = asked.things[0].found if asked.things else None
    return found is not None and found.run is not None and found.report is None and asked.part is None


def show(asked: Asked, shelf: Shelf) -> Card:
    run = asked.thing.found.run
    assert run is not None
    return Card(
        icon=Icon.RUN,
        kind="Run",
        ref=run.ref,
        title=run.name,
        badges=(Badge(run.status.value, TONES.get(run.status, Tone.PLAIN)), *(Badge(tag) for tag in run.tags)),
        facts=(*_metrics(run, shelf), *_times(run)),
        text=run.description,
    )


def _metrics(run: Run, shelf: Shelf) -> Sequence[Fact]:
    series = shelf.series(run.id)
    return [Fact(name, numbers.number(series[name].last)) for name in telling(series)[:MOST_METRICS]]


def _times(run: Run) -> Sequence[Fact]:
    if run.started_at is None:
        return ()
    took = f"took {dates.duration(run.duration_s)}" if run.duration_s is not None else ""
    return [Fact("Started", dates.minute(run.started_at), note=took)]
