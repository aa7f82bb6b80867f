"""What live pages and frozen files print alike. How a chart, a frame and an address come in is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from markupsafe import Markup

from vitrina.reports.backends.html import environment, text_body
from vitrina.reports.code import coloured
from vitrina.reports.document import Document, Place
from vitrina.reports.shown import (
    Body,
    Broken,
    Card,
    Chart,
    Chip,
    Figure,
    Foreign,
    Grid,
    Passage,
    Picture,
    Recording,
    Shot,
    Shown,
    Value,
)
from vitrina.store.errors import VitrinaError
from vitrina.store.records import LoggedObject


class Addresses(Protocol):
    """Where things are found from the page. An empty answer: nowhere, and no link is made."""

    def page(self, ref: str) -> str: ...

    def opens(self, ref: str) -> str:
        """Where an app is opened."""
        ...

    def bytes(self, item: LoggedObject) -> str:
        """A logged object as a file."""
        ...


class Bodies(Protocol):
    """How a back end shows what the store does not draw itself."""

    def chart(self, chart: Chart, alt: str) -> Markup: ...

    def foreign(self, figure: Foreign, title: str) -> Markup: ...

    def picture_source(self, item: LoggedObject, media_type: str) -> str: ...

    def recording_source(self, item: LoggedObject) -> str: ...

    def shot_source(self, shot: Shot) -> str: ...


@dataclass(frozen=True)
class ScreenPrinter:
    """A Printer for screens."""

    at: Addresses
    bodies: Bodies
    has_margin: bool

    def block(self, place: Place, shown: Shown) -> Markup:
        match shown:
            case Figure():
                return self._figure(shown)
            case Card():
                return _macro("card", self.at, shown, self._shot(shown))
            case Broken():
                return _macro("broken", shown)
            case Chip() | Value():
                return Markup("<p>{}</p>").format(self.inline(place, shown))

    def inline(self, place: Place, shown: Shown) -> Markup:
        match shown:
            case Chip():
                return _macro("chip", self.at, shown)
            case Value():
                return _macro("value", shown)
            case Broken():
                return _macro("gone", shown if shown.text else replace(shown, text=place.text))
            case Figure() | Card():
                return _macro("gone", Broken("thing", "it takes lines of its own.", place.text))

    def code(self, text: str, language: str) -> Markup:
        return _macro("code", coloured(text, language))

    def margin(self, values: Sequence[Value]) -> Markup:
        if not self.has_margin:
            return Markup()
        by_origin: dict[tuple[str, datetime], dict[int, Value]] = {}
        for one in values:
            by_origin.setdefault((one.origin, one.at), {})[one.number] = one
        return _macro("margin", [list(same.values()) for same in by_origin.values()])

    def _shot(self, card: Card) -> str:
        """The address of a card's picture; empty where it has none, or it cannot be read: the card stands without."""
        try:
            return self.bodies.shot_source(card.shot) if card.shot is not None else ""
        except VitrinaError:
            return ""

    def _figure(self, figure: Figure) -> Markup:
        try:
            printed = [(label, self._body(body, figure)) for label, body in figure.bodies]
        except VitrinaError as error:
            return _macro("broken", Broken("figure", str(error), figure.title))
        return _macro("figure", self.at, figure, printed)

    def _body(self, body: Body, figure: Figure) -> Markup:
        match body:
            case Chart():
                return self.bodies.chart(body, figure.alt)
            case Foreign():
                return self.bodies.foreign(body, figure.title)
            case Grid():
                return _macro("grid", self.at, body, figure.title)
            case Picture():
                shown = replace(body, alt=figure.alt)
                return _macro("picture", self.bodies.picture_source(body.item, body.media_type), shown)
            case Recording():
                return _macro("recording", self.bodies.recording_source(body.item), body)
            case Passage(is_markdown=True):
                return text_body(body.text, self)
            case Passage():
                return _macro("words" if body.language is None else "code", coloured(body.text, body.language or ""))


def sources(document: Document, at: Addresses) -> Markup:
    """The list of where the values in sentences come from; empty where there are none."""
    found = values_in(document)
    return _macro("sources", at, found) if found else Markup()


def values_in(document: Document) -> list[Value]:
    """The values of a document, each source once, in the order of their numbers."""
    found = {one.number: one for one in document.shown.values() if isinstance(one, Value)}
    return [found[number] for number in sorted(found)]


def _macro(name: str, *given: Any) -> Markup:
    return Markup(getattr(environment().get_template("screen.html").module, name)(*given))  # noqa: S704 - our template escapes
