"""The use of an app: who came, how it started and what it took, by day. For those who may write to its project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from vitrina.hub import format as fmt
from vitrina.hub.access import Action
from vitrina.hub.pages import app_cards, data
from vitrina.hub.pages.drawing import Bar, bars
from vitrina.hub.pages.paths import Form, href
from vitrina.hub.pages.visit import Here, Visit
from vitrina.store.errors import NotFoundError
from vitrina.store.records import App
from vitrina.store.refs import Noun
from vitrina.store.usage import SHOWN_DAYS, AppUse, Day, Figures, since

router = APIRouter(include_in_schema=False)

NO_BREAK = "\N{NO-BREAK SPACE}"

PATH = "/{owner}/{project}/models/{name}/apps/{app}/use"


@dataclass(frozen=True)
class DayBar:
    """One day in the drawing: its bar, and what it says to whoever points at it."""

    bar: Bar
    said: str


@dataclass(frozen=True)
class Row:
    """One day in the table, the figures as people read them."""

    day: str
    viewers: int
    figures: Figures
    mean: str
    most: str
    memory: str


@router.get(PATH)
def page(here: Here, owner: str, project: str, name: str, app: str) -> Response:
    """What stands there for an app that nobody opened yet, too."""
    found = _found(here, f"{owner}/{project}/{Noun.MODEL}/{name}/apps/{app}")
    use = of(here, found)
    thing = found.version.collection.project
    return here.render(
        "use.html",
        here.around_project(thing, f"{found.ref}/use", title=f"Use of {title(found)}", current="apps", here="Use"),
        app=found,
        app_href=href(found.ref),
        title=title(found),
        use=use,
        total=row_of(Day(use.since, use.viewers, use.total)),
        days=SHOWN_DAYS,
        bars=drawn(use, today=_today(here.clock.now)),
        busiest=busiest(use),
        first=_named(use.since),
        rows=[row_of(day) for day in reversed(use.days)],
    )


@router.get(f"{PATH}{Form.JSON.value}")
def as_data(here: Here, owner: str, project: str, name: str, app: str) -> Response:
    found = _found(here, f"{owner}/{project}/{Noun.MODEL}/{name}/apps/{app}")
    return data.answer(data.app(found) | {"use": data.use(of(here, found))})


def of(here: Visit, app: App) -> AppUse:
    """The last days of an app."""
    return here.store.use.of_app(app.id, since=since(_today(here.clock.now)))


def is_shown(here: Visit, app: App) -> bool:
    """Whether this reader may know how an app is used."""
    return here.may(Action.WRITE, app)


def title(app: App) -> str:
    return app_cards.title_of(app)


def drawn(use: AppUse, *, today: date) -> list[DayBar]:
    """The openings of each day, the days without any too; none when there were none at all."""
    days = [use.since + timedelta(days=number) for number in range((today - use.since).days + 1)]
    openings = {day.day: day.figures.openings for day in use.days}
    counts = [openings.get(day, 0) for day in days]
    return [
        DayBar(bar, f"{_named(day)}: {fmt.count(count, 'opening')}")
        for bar, day, count in zip(bars(counts), days, counts, strict=False)
    ]


def busiest(use: AppUse) -> str:
    """The day with the most openings, the last of several; empty: there were none."""
    most = max(use.days, key=lambda day: (day.figures.openings, day.day), default=None)
    return f"at most {most.figures.openings} a day, on {_named(most.day)}" if most and most.figures.openings else ""


def row_of(day: Day) -> Row:
    figures = day.figures
    return Row(
        day=_named(day.day),
        viewers=day.viewers,
        figures=figures,
        mean=fmt.duration(figures.ready_mean_s),
        most=fmt.duration(figures.ready_most_s if figures.ready else None),
        memory=fmt.size(figures.memory_most_bytes or None),
    )


def openings(here: Visit, apps: Sequence[App]) -> dict[int, int]:
    """How often each was opened in the last days, by app; of those alone whose use this reader may know."""
    shown = [app.id for app in apps if is_shown(here, app)]
    return here.store.use.openings(shown, since=since(_today(here.clock.now))) if shown else {}


def _found(here: Visit, ref: str) -> App:
    app = here.store.find(ref, may_read=here.may_read).app
    if app is None or not is_shown(here, app):
        raise NotFoundError(f"use of {ref}")
    return app


def _today(now: datetime) -> date:
    """Days are UTC's for everybody: the figures were added up in them."""
    return now.astimezone(UTC).date()


def _named(day: date) -> str:
    """Without its year, since it is one of the last days; it is never broken in two."""
    return f"{day.day}{NO_BREAK}{day:%b}"
