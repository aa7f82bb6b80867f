"""The card of any other artifact, or of one of its versions."""

from __future__ import annotations

from vitrina.reports.embeds import version as versions
from vitrina.reports.embeds.embed import Asked
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Card, Icon
from vitrina.store.refs import Noun

NAME = "artifact"


def claims(asked: Asked) -> bool:
    return versions.is_card(asked, Noun.ARTIFACT)


def show(asked: Asked, shelf: Shelf) -> Card:
    collection, version = versions.collection_and_version(asked)
    return Card(
        icon=Icon.ARTIFACT,
        kind="Artifact version",
        ref=version.ref,
        title=f"{collection.title or collection.name} {version.number}",
        badges=versions.badges(version),
        facts=(*versions.run_facts(version, shelf), versions.made_fact(version)),
        text=version.notes,
    )
