"""The card of a dataset or of one of its versions."""

from __future__ import annotations

from vitrina.reports.embeds import version as versions
from vitrina.reports.embeds.embed import Asked
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Card, Fact, Icon
from vitrina.store.charts import numbers
from vitrina.store.records import Version
from vitrina.store.refs import Noun

NAME = "dataset"


def claims(asked: Asked) -> bool:
    return versions.is_card(asked, Noun.DATASET)


def show(asked: Asked, shelf: Shelf) -> Card:
    collection, version = versions.collection_and_version(asked)
    run = shelf.run(version.run_id) if version.run_id is not None else None
    return Card(
        icon=Icon.DATASET,
        kind="Dataset version",
        ref=version.ref,
        title=f"{collection.title or collection.name} {version.number}",
        badges=versions.badges(version),
        facts=(
            *_size(version),
            *([Fact("Made by", run.name, link=run.ref)] if run is not None else []),
            versions.made_fact(version),
        ),
        text=version.notes,
    )


def _size(version: Version) -> list[Fact]:
    """Rows and columns, where the summary says them."""
    said = [(name, version.summary.get(key)) for name, key in (("Rows", "rows"), ("Columns", "columns"))]
    return [Fact(name, numbers.number(count)) for name, count in said if isinstance(count, int)]
