"""The card of a project."""

from __future__ import annotations

from vitrina.reports import dates
from vitrina.reports.embeds.embed import Asked
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Badge, Card, Fact, Icon

NAME = "project"


def claims(asked: Asked) -> bool:
    found = asked.things[0].found if asked.things else None
    return found is not None and found.thing == found.project and asked.part is None


def show(asked: Asked, shelf: Shelf) -> Card:
    del shelf
    project = asked.thing.found.project
    return Card(
        icon=Icon.PROJECT,
        kind="Project",
        ref=project.ref,
        title=project.title or project.name,
        badges=(Badge(project.visibility.value),),
        facts=(Fact("Changed", dates.short_day(project.updated_at)),),
        text=project.description,
    )
