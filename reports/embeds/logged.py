"""Other things that were logged: texts, pages, sound and film, alone on their line or as `![…](REF#texts/notes)`."""

from __future__ import annotations

from vitrina.reports.embeds.bodies import body_of, figure_of, part_objects
from vitrina.reports.embeds.embed import Asked
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Figure

NAME = "object"

SECTIONS = frozenset({"texts", "html", "audio", "video", "files"})


def claims(asked: Asked) -> bool:
    return asked.part is not None and asked.part.section in SECTIONS and bool(asked.part.name)


def show(asked: Asked, shelf: Shelf) -> Figure:
    found = part_objects(asked, shelf)
    bodies = [(thing.label if len(found) > 1 else "", body_of(item, shelf)) for thing, item in found]
    return figure_of(asked, bodies, title=found[0][1].name)
