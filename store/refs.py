"""References: one grammar for code, command line, URLs and Markdown.

    owner/project                                        a project
    owner/project/runs/KEY                               a run: id, unique prefix of it, or name
    owner/project/models/NAME[@SELECTOR]                 a collection, or a version of it (or datasets/, artifacts/)
    .../models/NAME@SELECTOR/apps/APP[@REVISION]         an app of a version
    owner/project/reports/NAME[@SNAPSHOT]                a report
    owner/project/comparisons/NAME, dashboards/NAME, reviews/NUMBER
    REF/readme[@SNAPSHOT]                                the README of a project, run, collection or version
    REF?with=SELECTOR&with=...                           the same part of further versions
    REF#metrics.auc, REF#charts/roc                      a part

A reference may also be a hub's own URL of the page. Only the text is read here; `vitrina.store.lookup` finds the thing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from vitrina.store.errors import InvalidError
from vitrina.store.names import NAME


class Noun(StrEnum):
    """What a reference can name below a project; the value is the path segment."""

    RUN = "runs"
    MODEL = "models"
    DATASET = "datasets"
    ARTIFACT = "artifacts"
    REPORT = "reports"
    COMPARISON = "comparisons"
    DASHBOARD = "dashboards"
    REVIEW = "reviews"

    @property
    def singular(self) -> str:
        return self.value.removesuffix("s")


COLLECTIONS = frozenset({Noun.MODEL, Noun.DATASET, Noun.ARTIFACT})
"""The nouns whose things are collections of versions."""

LONGEST_REVISION = 9
"""Digits. Nobody logs more, and a database counts no further."""

_VALUE_SECTIONS = {"params": "inputs"}
"""Other words for a section of values."""


class BadReferenceError(InvalidError):
    """A text is not a reference."""

    def __init__(self, text: str, why: str) -> None:
        self.text = text
        super().__init__(
            f"{text!r} is not a reference: {why}.",
            hint="A reference looks like owner/project, owner/project/runs/ID or owner/project/models/NAME@1.0.0.",
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a thing: `#section.name` for a value, `#section/name` for a logged object."""

    section: str
    name: str = ""
    """Empty where the whole section is meant (`#charts`)."""

    is_value: bool = False

    def __str__(self) -> str:
        if not self.name:
            return self.section
        return f"{self.section}{'.' if self.is_value else '/'}{quote(self.name, safe='/ .,:+()_-')}"


@dataclass(frozen=True, slots=True)
class Ref:
    """A parsed reference. `str(ref)` is its canonical text."""

    owner: str
    project: str
    noun: Noun | None = None
    """None: the project itself."""

    name: str = ""
    """Name of the collection, report …, key of the run, number of the review."""

    selector: str | None = None
    """What stood after `@`: a version, range, alias, stage or `latest`; of a report the number of a snapshot.

    None: none given.
    """

    app: str | None = None
    app_revision: int | None = None
    """None: the newest revision."""

    readme: bool = False
    readme_snapshot: int | None = None
    part: Part | None = None
    others: tuple[str, ...] = ()
    """Selectors of further versions (`?with=`), in the order given."""

    @property
    def path(self) -> str:
        """The reference without `?with=` and part: also the path of its page."""
        text = f"{self.owner}/{self.project}"
        if self.noun is not None:
            text += f"/{self.noun}/{quote(self.name, safe=' ')}"
        if self.selector is not None:
            text += f"@{self.selector}"
        if self.app is not None:
            text += f"/apps/{self.app}" + (f"@{self.app_revision}" if self.app_revision is not None else "")
        if self.readme:
            text += "/readme" + (f"@{self.readme_snapshot}" if self.readme_snapshot is not None else "")
        return text

    @property
    def subject(self) -> Ref:
        """The thing itself, without README, app, part and further versions."""
        return replace(self, app=None, app_revision=None, readme=False, readme_snapshot=None, part=None, others=())

    def __str__(self) -> str:
        text = self.path
        if self.others:
            text += "?" + "&".join(f"with={quote(other, safe='^~*.<>=| ')}" for other in self.others)
        if self.part is not None:
            text += f"#{self.part}"
        return text


def parse_ref(text: str, *, hub_url: str | None = None) -> Ref:
    """Reads a reference, or a hub's URL of a page.

    `hub_url` is the address of the hub that reads: with it, a URL of any other host is refused; without it (None) every
    http(s) URL is taken for a hub's. Raises BadReferenceError with the reason.
    """
    text = text.strip()
    rest = _without_host(text, hub_url)
    rest, _, fragment = rest.partition("#")
    path, _, query = rest.partition("?")
    segments = [unquote(segment) for segment in path.strip("/").split("/")]
    if len(segments) < 2:
        raise BadReferenceError(text, "it needs at least owner/project")
    owner, project = (_name(segment, text) for segment in segments[:2])
    ref = _subject(Ref(owner, project), segments[2:], text)
    others = tuple(value for key, value in parse_qsl(query) if key == "with" and value)
    return replace(ref, others=others, part=_part(unquote(fragment), text) if fragment else None)


def is_ref(text: str, *, hub_url: str | None = None) -> bool:
    """Whether the text reads as a reference (the thing need not exist)."""
    try:
        parse_ref(text, hub_url=hub_url)
    except BadReferenceError:
        return False
    return True


def _without_host(text: str, hub_url: str | None) -> str:
    if "://" not in text.partition("#")[0].partition("?")[0]:
        return text
    address = urlsplit(text)
    if address.scheme not in {"http", "https"}:
        raise BadReferenceError(text, f"{address.scheme} is no scheme of a hub")
    if hub_url is not None and urlsplit(hub_url).netloc != address.netloc:
        raise BadReferenceError(text, f"{address.netloc} is not this hub")
    query = f"?{address.query}" if address.query else ""
    fragment = f"#{address.fragment}" if address.fragment else ""
    return f"{address.path}{query}{fragment}"


def _name(segment: str, text: str) -> str:
    name = segment.lower()
    if not NAME.fullmatch(name):
        raise BadReferenceError(text, f"{segment!r} is no name")
    return name


def _subject(project: Ref, segments: list[str], text: str) -> Ref:
    match segments:
        case []:
            return project
        case [readme] if _is_readme(readme):
            return _readme(project, readme, text)
        case [noun, name, *rest] if noun in set(Noun):
            return _below(_thing(project, Noun(noun), name, text), rest, text)
        case [noun] if noun in set(Noun):
            raise BadReferenceError(text, f"after {noun}/ there must be a name")
        case _:
            raise BadReferenceError(text, f"{segments[0]!r} is none of {', '.join(Noun)}")


def _thing(project: Ref, noun: Noun, name: str, text: str) -> Ref:
    if noun is Noun.RUN:
        return replace(project, noun=noun, name=name)
    name, at, selector = name.partition("@")
    if at and not selector:
        raise BadReferenceError(text, "after @ there must be a version, range, alias, stage or latest")
    if noun is Noun.REVIEW and not name.isdecimal():
        raise BadReferenceError(text, "a review is named by its number")
    if noun not in COLLECTIONS and at and not selector.isdecimal():
        raise BadReferenceError(text, "after @ there must be the number of a snapshot")
    return replace(project, noun=noun, name=_name(name, text), selector=selector if at else None)


def _below(thing: Ref, rest: list[str], text: str) -> Ref:
    match rest:
        case []:
            return thing
        case [readme] if _is_readme(readme) and thing.noun in COLLECTIONS | {Noun.RUN}:
            return _readme(thing, readme, text)
        case ["apps", app] if thing.noun in COLLECTIONS:
            name, at, revision = app.partition("@")
            if at and not (revision.isdecimal() and len(revision) <= LONGEST_REVISION):
                raise BadReferenceError(text, "after the app's @ there must be the number of a revision")
            return replace(thing, app=_name(name, text), app_revision=int(revision) if at else None)
        case _:
            raise BadReferenceError(text, f"{'/'.join(rest)!r} is nothing below {thing.noun}")


def _is_readme(segment: str) -> bool:
    return segment.partition("@")[0] == "readme"


def _readme(thing: Ref, segment: str, text: str) -> Ref:
    _, at, number = segment.partition("@")
    if at and not number.isdecimal():
        raise BadReferenceError(text, "after readme@ there must be the number of a snapshot")
    return replace(thing, readme=True, readme_snapshot=int(number) if at else None)


def _part(fragment: str, text: str) -> Part:
    cut = next((i for i, letter in enumerate(fragment) if letter in "./"), len(fragment))
    section, mark, name = fragment[:cut], fragment[cut : cut + 1], fragment[cut + 1 :]
    if not section or (mark and not name):
        raise BadReferenceError(text, f"#{fragment} names no part")
    return Part(_VALUE_SECTIONS.get(section, section), name, is_value=mark == ".")
