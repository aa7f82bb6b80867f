"""What an embed is: the contract that every file of this folder keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from vitrina.reports.document import Place
from vitrina.reports.queries import Query
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Shown
from vitrina.store.errors import InvalidError
from vitrina.store.lookup import Found
from vitrina.store.refs import Part


class EmbedError(InvalidError):
    """Something cannot stand where the author wants it. The message is the sentence that is shown in its place."""


class UnknownNameError(EmbedError):
    """A name is not among those there are. Says which key of a fence it came from, so that its line can be named."""

    def __init__(self, message: str, *, key: str = "") -> None:
        self.key = key
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Thing:
    """One of the things that an embed shows, and how it is called beside the others."""

    found: Found
    label: str
    """A version's number, a run's name."""

    ref: str
    """Exact: names the version or run that was found, whatever was asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A place with what it names."""

    place: Place
    things: Sequence[Thing]
    """What the reference names, then what is laid over it (`?with=`); empty for a query."""

    part: Part | None
    query: Query | None

    @property
    def thing(self) -> Thing:
        return self.things[0]


class Embed(Protocol):
    """One kind of embed. A module with these names is one, and stands in `registry.EMBEDS`; third parties name theirs
    as entry points of the group `vitrina.embeds`.

    Both calls are made once for each place, in one thread, and keep nothing.
    """

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module
        """The noun in "This chart cannot be shown"."""
        ...

    def claims(self, asked: Asked) -> bool:
        """Whether the place is this embed's, from what is asked alone: nothing is loaded. The first that claims a place
        gets it; third parties are asked first."""
        ...

    def show(self, asked: Asked, shelf: Shelf) -> Shown:
        """What stands there. Everything it needs comes through the shelf, which loads for all embeds at once and knows
        what the reader may see. Raises an error of the store, whose message is then shown in its place, for what is not
        there; texts in the answer may be anything, and are escaped by who prints them."""
        ...
