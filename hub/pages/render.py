"""Templates into pages: the one Jinja environment, and what every page has around its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vitrina.hub import format as fmt
from vitrina.hub.pages.assets import Assets

TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True)
class Crumb:
    text: str
    href: str | None = None
    """None: where one is."""


@dataclass(frozen=True)
class Tab:
    text: str
    href: str
    key: str
    """The letter that follows `g` on the keyboard."""

    count: int | None = None
    is_current: bool = False


@dataclass(frozen=True)
class Surround:
    """What stands around a page's content."""

    title: str
    reader: str | None
    """Name of who is signed in; None: a visitor."""

    zone: str
    """Name of the zone that dates are written in."""

    project_ref: str | None = None
    """The project that the page belongs to; None: none."""

    crumbs: Sequence[Crumb] = ()
    tabs: Sequence[Tab] = ()
    json_href: str | None = None
    readme_href: str | None = None
    former_href: str | None = None
    next_href: str | None = None

    @property
    def initials(self) -> str:
        words = (self.reader or "").replace("_", "-").split("-")
        letters = "".join(word[:1] for word in words[:2]) if len(words) > 1 else words[0][:2]
        return letters.upper()

    @property
    def zone_note(self) -> str:
        return "Times in UTC" if self.zone == "UTC" else f"Times in your zone, {self.zone}"


@dataclass(frozen=True)
class Renderer:
    """Renders templates; made once for a portal."""

    assets: Assets
    environment: Environment

    @classmethod
    def of(cls, assets: Assets) -> Renderer:
        return cls(assets, environment(assets))

    def page(self, template: str, *, page: Surround, clock: fmt.Clock, **model: Any) -> str:
        """`model` is what the template shows; a name that it asks for and does not get is an error."""
        return self.environment.get_template(template).render(page=page, when=clock.time_tag, clock=clock, **model)


def environment(assets: Assets) -> Environment:
    """Escapes everything that is not marked safe, and knows no undefined name."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    cast("dict[str, Any]", made.globals).update({"asset": assets.url, "count": fmt.count})
    made.filters.update(
        {
            "number": fmt.number,
            "whole": fmt.whole,
            "given": fmt.given,
            "percent": fmt.percent,
            "size": fmt.size,
            "duration": fmt.duration,
            "digest": fmt.digest_tag,
        }
    )
    return made
