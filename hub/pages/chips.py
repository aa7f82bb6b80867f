"""Chips: links to things as templates show them."""

from __future__ import annotations

from dataclasses import dataclass

from vitrina.hub.pages.paths import href
from vitrina.hub.pages.strip import ICONS
from vitrina.store.records import App, Run, Version


@dataclass(frozen=True)
class Chip:
    icon: str
    name: str
    href: str
    version: str = ""
    stage: str = ""
    is_gone: bool = False


def chip_of(thing: Version | Run | App) -> Chip:
    match thing:
        case Version():
            icon = ICONS[thing.collection.noun.singular]
            return Chip(icon, thing.collection.name, href(thing.ref), version=thing.number, stage=thing.stage or "")
        case Run():
            return Chip("run", thing.name, href(thing.ref))
        case App():
            return Chip("app", thing.title or thing.name, href(thing.ref))
