"""From places to what stands there: each is looked up once, with the reader's rights."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from vitrina.reports.document import Document, Finding, Form, Place, Severity
from vitrina.reports.embeds.embed import Asked, Embed, UnknownNameError
from vitrina.reports.embeds.registry import embeds
from vitrina.reports.queries import ChartQuery, RunsQuery, TableQuery
from vitrina.reports.shelf import Reader, Shelf
from vitrina.reports.shown import Broken, Figure, Shown, Value
from vitrina.reports.things import others, thing_of
from vitrina.reports.values import numbers_said
from vitrina.store.errors import VitrinaError
from vitrina.store.records import Node, NodeKind
from vitrina.store.refs import Part, Ref

_log = logging.getLogger(__name__)


def resolve(document: Document, reader: Reader) -> Document:
    """The document with something at each of its places. What cannot be shown is said there, and is a finding."""
    shelf = Shelf(reader)
    asked = {place.number: _ask(place, shelf) for place in document.places}
    shown: dict[int, Shown] = {}
    findings = list(document.findings)
    for place in document.places:
        found = asked[place.number]
        result = found if isinstance(found, Broken) else _show(found, shelf, embeds())
        if isinstance(result, Broken):
            if not place.is_sure:
                continue
            if not isinstance(place.target, Broken):  # what cannot be read was found by the parser
                line = result.line or place.line
                findings.append(
                    Finding(line, f"This {result.what} cannot be shown: {result.why} {result.hint}".strip())
                )
        shown[place.number] = result
    findings += _outdated(document.places, shown)
    return replace(
        document,
        shown=_counted(shown),
        findings=tuple(sorted(findings, key=lambda finding: finding.line)),
        cited=_cited([one for one in asked.values() if isinstance(one, Asked)]),
        is_resolved=True,
    )


def _ask(place: Place, shelf: Shelf) -> Asked | Broken:
    """Looks up what a place names, so that the shelf knows of all things before the first is loaded."""
    match place.target:
        case Broken() as broken:
            return broken
        case ChartQuery() | TableQuery() | RunsQuery() as query:
            return Asked(place, (), None, query)
        case Part() as part:
            home = shelf.reader.home
            if home is None:
                return Broken(
                    "part", f"#{part} is a part of the thing that a text is about, and this text stands nowhere."
                )
            return _ask_for(place, replace(home, readme=False, part=part), shelf)
        case Ref() as ref:
            return _ask_for(place, ref, shelf)


def _ask_for(place: Place, ref: Ref, shelf: Shelf) -> Asked | Broken:
    try:
        things = tuple(thing_of(each, shelf) for each in (ref, *others(ref)))
    except VitrinaError as error:
        return Broken(_noun(ref), error.message, place.text, hint=error.hint or "")
    return Asked(place, things, ref.part, None)


def _show(asked: Asked, shelf: Shelf, known: Sequence[Embed]) -> Shown:
    """Asks the embed. One boundary: whatever an embed meets, the rest of the page is unharmed."""
    embed = next((each for each in known if each.claims(asked)), None)
    if embed is None:
        return Broken("thing", f"{asked.thing.ref} has no form that can stand here.", asked.place.text)
    try:
        return embed.show(asked, shelf)
    except UnknownNameError as error:
        return Broken(embed.NAME, error.message, asked.place.text, _line_of(error.key, asked))
    except VitrinaError as error:
        return Broken(embed.NAME, error.message, asked.place.text, hint=error.hint or "")
    except Exception:
        # What was logged may be damaged in any way, and embeds may be other people's: the page stands all the same.
        _log.exception("embed %s failed", embed.NAME, extra={"action": "show_embed"})
        return Broken(embed.NAME, "What was logged cannot be read; the hub's log says more.", asked.place.text)


def _cited(asked: Sequence[Asked]) -> tuple[Node, ...]:
    """What a text stands on: the innermost thing of each reference. Runs that a query picks may be others tomorrow."""
    nodes: dict[Node, None] = {}
    for thing in (thing for one in asked for thing in one.things):
        found = thing.found
        if found.app is not None:
            nodes[Node(NodeKind.APP, found.app.id)] = None
        elif found.version is not None:
            nodes[Node(NodeKind.VERSION, found.version.id)] = None
        elif found.run is not None:
            nodes[Node(NodeKind.RUN, found.run.id)] = None
    return tuple(nodes)


def _line_of(key: str, asked: Asked) -> int:
    """The line in which a fence has a key; 0 where it has none of that name."""
    return asked.query.head.lines.get(key, 0) if asked.query is not None else 0


def _noun(ref: Ref) -> str:
    """What the author wanted to see, as far as the reference tells."""
    if ref.app is not None:
        return "app"
    if ref.part is not None:
        return "value" if ref.part.is_value else ref.part.section.removesuffix("s")
    return ref.noun.singular if ref.noun is not None else "project"


def _outdated(places: Sequence[Place], shown: dict[int, Shown]) -> list[Finding]:
    """Values of which the text says another number than the store has."""
    found: list[Finding] = []
    for place in places:
        value = shown.get(place.number)
        if place.form is not Form.VALUE or not isinstance(value, Value) or not numbers_said(place.text):
            continue
        if value.text.split() != place.text.split():
            message = f"The text says {place.text.strip()}, the store has {value.text}."
            found.append(Finding(place.line, message, Severity.NOTE))
    return found


def _counted(shown: dict[int, Shown]) -> dict[int, Shown]:
    """Numbers for tables, for other figures, and for the sources of values, in the order of the text."""
    figures, tables, sources = 0, 0, dict[tuple[str, str], int]()
    counted: dict[int, Shown] = {}
    for number, one in sorted(shown.items()):
        match one:
            case Figure() if one.is_table:
                tables += 1
                counted[number] = replace(one, number=tables)
            case Figure():
                figures += 1
                counted[number] = replace(one, number=figures)
            case Value():
                source = sources.setdefault((one.ref, one.text), len(sources) + 1)
                counted[number] = replace(one, number=source)
            case _:
                counted[number] = one
    return counted
