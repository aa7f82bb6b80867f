"""`[classifier 1.3.0](REF)`: a link in a sentence, with the state of what it leads to."""

from __future__ import annotations

from vitrina.reports.document import Form
from vitrina.reports.embeds.embed import Asked
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Badge, Chip, Icon, Tone
from vitrina.store.lookup import Found
from vitrina.store.records import App, Collection, Project, Report, Run, Version
from vitrina.store.refs import Noun

NAME = "link"

ICONS = {Noun.MODEL: Icon.MODEL, Noun.DATASET: Icon.DATASET, Noun.ARTIFACT: Icon.ARTIFACT}


def claims(asked: Asked) -> bool:
    return asked.place.form is Form.CHIP


def show(asked: Asked, shelf: Shelf) -> Chip:
    """Named as the author does, else as the store does; the version stands by where the words do not say it."""
    del shelf
    found, said = asked.thing.found, asked.place.text.strip()
    ref = f"{asked.thing.ref}#{asked.part}" if asked.part is not None else asked.thing.ref
    own = _own(found, ref)
    if not said:
        return own
    return Chip(own.icon, _without(own.version, said), ref, own.version, own.badge)


def _own(found: Found, ref: str) -> Chip:
    match found.thing:
        case App() as app:
            return Chip(Icon.APP, app.title or app.name, ref, app.version.number)
        case Report() as report:
            return Chip(Icon.REPORT, report.title or report.name or "README", ref)
        case Version() | Collection():
            return _of_collection(found, ref)
        case Run() as run:
            return Chip(Icon.RUN, run.name, ref)
        case Project() as project:
            return Chip(Icon.PROJECT, project.title or project.name, ref)


def _of_collection(found: Found, ref: str) -> Chip:
    collection, version = found.collection, found.version
    assert collection is not None
    if version is None:
        return Chip(ICONS[collection.noun], collection.name, ref)
    badge = Badge(version.stage.value, Tone(version.stage.value)) if version.stage is not None else None
    return Chip(ICONS[collection.noun], collection.name, ref, version.number, badge)


def _without(version: str, said: str) -> str:
    """The author's words without the version at their end, which is set apart; `said` as it is where it is nothing
    else."""
    return said.removesuffix(version).rstrip() or said if version else said
