"""What stands at a place of a document: a few neutral forms. Embeds make them, back ends print them, and neither knows
the other. Every text in them is as it was logged, unsafe until a back end escapes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from vitrina.store.charts.theme import Spec
from vitrina.store.records import Blob, LoggedObject


class Icon(StrEnum):
    """The drawing of a noun; the value is its name in the pages' symbol sheet."""

    PROJECT = "project"
    RUN = "run"
    MODEL = "model"
    DATASET = "data"
    ARTIFACT = "file"
    APP = "app"
    REPORT = "report"


class Tone(StrEnum):
    """How a state is marked; the value is the class of its badge."""

    PLAIN = ""
    PRODUCTION = "production"
    STAGING = "staging"
    ARCHIVED = "archived"
    GOOD = "good"
    BAD = "bad"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Badge:
    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to the page of a reference."""

    text: str
    ref: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite chart that is checked: it fetches nothing and brings all of its data."""

    spec: Spec


@dataclass(frozen=True, slots=True)
class Foreign:
    """A figure that a library of its own draws in a frame, or a page of HTML that somebody logged."""

    item: LoggedObject


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    is_number: bool = False
    is_best: bool = False
    is_missing: bool = False
    full: str = ""
    """Every digit, where `text` has fewer."""

    change: str = ""
    """What became of it, with its sign: `+0.016`."""

    verdict: str = ""
    """better, worse or same; empty: nobody knows which way is better."""

    link: str = ""
    """Reference of the thing that the cell names."""


@dataclass(frozen=True, slots=True)
class Head:
    text: str
    is_number: bool = False
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table, its texts ready to be set."""

    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    total: int
    """Rows there are, of which the first are here."""

    is_named_by_row: bool = False
    """The first cell of a row is its name."""

    source: LoggedObject | None = None
    """The table that was logged, to be had whole; None where there is none behind it."""


@dataclass(frozen=True, slots=True)
class Picture:
    item: LoggedObject
    media_type: str
    alt: str
    width: int | None
    height: int | None
    is_still: bool = False
    """The picture is the object's still, not the object itself."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Sound or film."""

    item: LoggedObject
    medium: str
    """audio or video."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that was logged."""

    text: str
    language: str | None
    """Of a program; None: plain words."""

    is_markdown: bool = False


Body: TypeAlias = Chart | Foreign | Grid | Picture | Recording | Passage


@dataclass(frozen=True, slots=True)
class Figure:
    """Something on show: a chart, a picture, a table."""

    title: str
    alt: str
    """What it shows, for who cannot see it."""

    bodies: Sequence[tuple[str, Body]]
    """With the label of each; empty where there is only one."""

    sources: Sequence[Link]
    caption: str = ""
    number: int = 0
    """Counted over the document, tables and figures apart; 0 until it is counted."""

    @property
    def is_table(self) -> bool:
        return all(isinstance(body, Grid) for _, body in self.bodies)


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    text: str
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Shot:
    """What an app looks like."""

    revision_id: int
    blob: Blob
    """A PNG."""

    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Card:
    """A thing with its label."""

    icon: Icon
    kind: str
    """Model version, run, app …"""

    ref: str
    title: str
    badges: Sequence[Badge] = ()
    facts: Sequence[Fact] = ()
    text: str = ""
    open_ref: str = ""
    """Where the thing itself can be opened (an app); empty: its page is all there is."""

    shot: Shot | None = None


@dataclass(frozen=True, slots=True)
class Chip:
    """A link to a thing in a sentence."""

    icon: Icon
    name: str
    ref: str
    version: str = ""
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A number or word out of the store, in a sentence."""

    text: str
    full: str
    """Every digit."""

    ref: str
    """Exact: with the version or run that was meant when it was looked up."""

    thing: str
    """Of what it is a value: `classifier 1.3.0`, `run brisk-heron`."""

    run: str
    """The name of the run that measured it."""

    at: datetime
    number: int = 0
    """Of its source, counted over the document; 0 until it is counted."""

    @property
    def origin(self) -> str:
        """Who measured it: `classifier 1.3.0, run brisk-heron`."""
        return self.thing if self.thing == f"run {self.run}" else f"{self.thing}, run {self.run}"


@dataclass(frozen=True, slots=True)
class Broken:
    """What stands where something cannot be shown."""

    what: str
    """The noun: chart, table, model …"""

    why: str
    text: str = ""
    """The author's words for it."""

    line: int = 0
    """Of the text, where a line within the place is wrong; 0: the place as a whole."""

    hint: str = ""
    """What can be done about it."""


Shown: TypeAlias = Figure | Card | Chip | Value | Broken
