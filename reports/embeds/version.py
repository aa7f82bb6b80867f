"""What cards of versions have in common: their badges, the run that made them, and what that was trained on."""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.reports import dates
from vitrina.reports.embeds.embed import Asked, EmbedError
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Badge, Fact, Tone
from vitrina.store.records import Collection, Version
from vitrina.store.refs import Noun


def is_card(asked: Asked, noun: Noun) -> bool:
    """Whether a collection or version of this noun is asked for as a whole."""
    found = asked.things[0].found if asked.things else None
    if found is None or asked.part is not None or found.app is not None or found.report is not None:
        return False
    return found.collection is not None and found.collection.noun is noun


def collection_and_version(asked: Asked) -> tuple[Collection, Version]:
    """The version meant: the one that was asked for, else the newest release."""
    found = asked.thing.found
    assert found.collection is not None
    if found.version is None:
        raise EmbedError(f"{found.collection.ref} has no version yet.")
    return found.collection, found.version


def badges(version: Version) -> Sequence[Badge]:
    stage = [Badge(version.stage.value, Tone(version.stage.value))] if version.stage is not None else []
    return (*stage, *(Badge(f"@{alias}") for alias in version.aliases))


def run_facts(version: Version, shelf: Shelf) -> list[Fact]:
    """The run that logged it, and the data that this run used."""
    if version.run_id is None:
        return []
    run = shelf.run(version.run_id)
    used = [
        Fact("Trained on", edge.source.title, link=edge.source.ref)
        for edge in shelf.edges(run.id)
        if edge.relation == "used" and edge.source.noun == "dataset" and edge.target.node.id == run.id
    ]
    took = dates.duration(run.duration_s) if run.duration_s is not None else ""
    return [*used, Fact("Run", run.name, note=took, link=run.ref)]


def made_fact(version: Version) -> Fact:
    by = f"by {version.by}" if version.by else ""
    return Fact("Logged", dates.short_day(version.created_at), note=by)
