"""What an app wrote, and writes now: for those who may manage it. The page is live by server-sent events.

All of it is the app's text, and stays text: escaped in the page, `textContent` in its script, a plain file by itself.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse, Response, StreamingResponse

from vitrina.apps import logs
from vitrina.hub import app_logs
from vitrina.hub.access import Action
from vitrina.hub.pages import app_cards, data
from vitrina.hub.pages.paths import Form, href
from vitrina.hub.pages.visit import Here, Visit
from vitrina.store.errors import NotFoundError, VitrinaError
from vitrina.store.records import App
from vitrina.store.refs import Noun

router = APIRouter(include_in_schema=False)

PATH = "/{owner}/{project}/models/{name}/apps/{app}/log"

SHOWN_LINES = 1000
"""In the page; the plain file has all that is kept."""

LOOK_EVERY_S = 0.5
"""How often it is looked for new lines while somebody watches: a file's size costs nothing to ask."""

JUDGED_EVERY = 10
"""After so many looks it is asked anew whether they may: a right that was taken ends what is open."""

Instance = Annotated[int | None, Query(ge=1, le=10_000)]


@dataclass(frozen=True)
class Choice:
    """An instance whose log can be looked at."""

    number: int
    href: str
    is_here: bool


@router.get(PATH)
def page(here: Here, owner: str, project: str, name: str, app: str, instance: Instance = None) -> Response:
    """Its last lines, which stand there without script, too."""
    found = _found(here, owner, project, name, app)
    numbers = app_logs.numbers_of(here.store, found, home=_home(here))
    file, place = _file(here, found, instance), f"{href(_exact(found))}/log"
    number = instance or _number(file, found)
    query = f"?instance={number}"
    title = app_cards.title_of(found)
    return here.render(
        "log.html",
        here.around_project(
            found.version.collection.project,
            f"{_exact(found)}/log",
            title=f"Log of {title}",
            current="apps",
            here="Log",
        ),
        app=found,
        app_href=href(found.ref),
        state_href=Form.JSON.of(_exact(found)),
        card=app_cards.card(found, here.store.instances.of_revisions([found.revision_id]).get(found.revision_id)),
        title=title,
        lines=logs.tail(file, lines=SHOWN_LINES),
        most=SHOWN_LINES,
        choices=[Choice(one, f"{place}?instance={one}", one == number) for one in numbers],
        number=number,
        news_href=f"{place}/news{query}",
        text_href=f"{place}.txt{query}",
    )


@router.get(f"{PATH}{Form.JSON.value}")
def as_data(here: Here, owner: str, project: str, name: str, app: str, instance: Instance = None) -> Response:
    found = _found(here, owner, project, name, app)
    file = _file(here, found, instance)
    lines = logs.tail(file, lines=SHOWN_LINES)
    return data.answer(data.app(found) | {"instance": instance or _number(file, found), "log": lines})


@router.get(f"{PATH}.txt")
def as_text(here: Here, owner: str, project: str, name: str, app: str, instance: Instance = None) -> Response:
    """All that is kept of it, as a file."""
    found = _found(here, owner, project, name, app)
    whole = "".join(f"{line}\n" for line in logs.tail(_file(here, found, instance), lines=logs.MAX_BYTES))
    return PlainTextResponse(whole, headers={"content-disposition": f'attachment; filename="{found.label}.log"'})


@router.get(f"{PATH}/news")
def news(here: Here, owner: str, project: str, name: str, app: str, instance: Instance = None) -> Response:
    """Server-sent events: first the last lines (`{"lines": […], "is_anew": true}`), then those that come."""
    found = _found(here, owner, project, name, app)
    told = events(
        _file(here, found, instance),
        may_still=lambda: _may_still(here, found),
        pause=lambda: asyncio.sleep(LOOK_EVERY_S),
    )
    return StreamingResponse(told, media_type="text/event-stream", headers={"cache-control": "no-store"})


def is_shown(here: Visit, app: App) -> bool:
    """Whether this reader may see what the app writes: it may hold what its author never meant for others."""
    return here.may(Action.MANAGE, app)


async def events(
    file: Path, *, may_still: Callable[[], bool], pause: Callable[[], Awaitable[None]]
) -> AsyncGenerator[str]:
    """The last lines of a log and then those that come, for as long as the reader may have them; after each `pause` it
    is looked for some."""
    with closing(await asyncio.to_thread(logs.Following, file, lines=SHOWN_LINES)) as following:
        yield _event(following.news(), is_anew=True)
        for look in count(1):
            await pause()
            if lines := await asyncio.to_thread(following.news):
                yield _event(lines, is_anew=False)
            if look % JUDGED_EVERY == 0:
                if not await asyncio.to_thread(may_still):
                    return
                yield ": still here\n\n"  # so that a reader who is gone is noticed


def _event(lines: list[str], *, is_anew: bool) -> str:
    return f"data: {json.dumps({'lines': lines, 'is_anew': is_anew})}\n\n"


def _may_still(here: Visit, app: App) -> bool:
    """Asked of what is true now: session, app and visibility may have changed since the page was opened."""
    try:
        now = here.store.apps.by_revision(app.revision_id)
        return here.portal.may(here.portal.subject(here.request), Action.MANAGE, now)
    except VitrinaError:
        return False


def _found(here: Visit, owner: str, project: str, name: str, app: str) -> App:
    ref = f"{owner}/{project}/{Noun.MODEL}/{name}/apps/{app}"
    found = here.store.find(ref, may_read=here.may_read).app
    if found is None or not is_shown(here, found):
        raise NotFoundError(f"log of {ref}")
    return found


def _file(here: Visit, app: App, number: int | None) -> Path:
    return app_logs.log_of(here.store, app, home=_home(here), number=number)


def _number(file: Path, app: App) -> int:
    """Which instance's log a file is."""
    told = file.name.removeprefix(f"{app.label}.").removesuffix(".log")
    return int(told) if told.isdecimal() else 1


def _home(here: Visit) -> Path:
    return here.store.place.home


def _exact(app: App) -> str:
    return f"{app.ref}@{app.revision}"
