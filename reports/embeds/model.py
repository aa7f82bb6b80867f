"""The card of a model or of one of its versions."""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.reports.embeds import version as versions
from vitrina.reports.embeds.embed import Asked
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Card, Fact, Icon
from vitrina.store.charts import numbers
from vitrina.store.measures import telling
from vitrina.store.records import Collection, Version
from vitrina.store.refs import Noun
from vitrina.store.versions import Stage

NAME = "model"

MOST_METRICS = 3


def claims(asked: Asked) -> bool:
    return versions.is_card(asked, Noun.MODEL)


def show(asked: Asked, shelf: Shelf) -> Card:
    collection, version = versions.collection_and_version(asked)
    apps = [app.title or app.name for app in shelf.apps(version)]
    return Card(
        icon=Icon.MODEL,
        kind="Model version",
        ref=version.ref,
        title=f"{collection.title or collection.name} {version.number}",
        badges=versions.badges(version),
        facts=(
            *_metrics(collection, version, shelf),
            *versions.run_facts(version, shelf),
            *([Fact("Apps", ", ".join(apps))] if apps else []),
            versions.made_fact(version),
        ),
        text=version.notes,
    )


def _metrics(collection: Collection, version: Version, shelf: Shelf) -> Sequence[Fact]:
    """The metrics that say most, beside those of the version in production."""
    if version.run_id is None:
        return ()
    series = shelf.series(version.run_id)
    rival = _production(collection, version, shelf)
    theirs = shelf.series(rival.run_id) if rival is not None and rival.run_id is not None else {}
    facts: list[Fact] = []
    for name in telling(series)[:MOST_METRICS]:
        other = theirs.get(name)
        shown = numbers.column([series[name].last, other.last if other is not None else None])
        facts.append(Fact(name, shown[0], note=f"production {shown[1]}" if other is not None else ""))
    return facts


def _production(collection: Collection, version: Version, shelf: Shelf) -> Version | None:
    """The version in production, unless it is this one."""
    found = next((one for one in shelf.versions(collection) if one.stage is Stage.PRODUCTION), None)
    return found if found is not None and found.id != version.id else None
