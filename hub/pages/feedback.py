"""Feedback on a version: what people tried in its apps, to browse, to take along, to make a dataset of, to delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, cast
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from vitrina.hub import access, feedback
from vitrina.hub import format as fmt
from vitrina.hub.access import Action, Subject
from vitrina.hub.pages import data
from vitrina.hub.pages.paths import href
from vitrina.hub.pages.visit import Here, Visit
from vitrina.hub.state import RowNumber
from vitrina.store.errors import NotFoundError
from vitrina.store.feedback import FeedbackEntry
from vitrina.store.records import Version
from vitrina.store.refs import Noun

router = APIRouter(include_in_schema=False)

PATH = "/{owner}/{project}/models/{name}/feedback"

PAGE_SIZE = 50
SHOWN_VALUES = 12
SHOWN_LETTERS = 120
"""Of one value in a row; the whole entry stands below it."""

_SEE_OTHER = 303

Flag = Annotated[str | None, Query(max_length=64)]


@dataclass(frozen=True)
class Value:
    """One input or output; what has no names has one without."""

    name: str
    shown: str


@dataclass(frozen=True)
class Row:
    entry: FeedbackEntry
    inputs: Sequence[Value]
    output: Sequence[Value]
    whole: str
    """All of it as JSON."""

    who: str
    """As the app said; empty: it did not."""

    app_href: str


@router.get(PATH)
def page(
    here: Here, owner: str, project: str, name: str, flag: Flag = None, after: RowNumber | None = None
) -> Response:
    version = _version(here, owner, project, name)
    listed = here.store.feedback.list(version, flag=flag, after=after, limit=PAGE_SIZE)
    place = f"{href(version.ref)}/feedback"
    return here.render(
        "feedback.html",
        here.around_project(
            version.collection.project,
            f"{version.ref}/feedback",
            title=f"Feedback on {version.collection.name} {version.number}",
            current=Noun.MODEL,
            here="Feedback",
        ),
        version=version,
        version_href=href(version.ref),
        tally=here.store.feedback.tally(version),
        flag=flag,
        rows=[_row(version, entry) for entry in listed.items],
        is_first=after is None,
        next_href=f"?{_query(flag=flag, after=listed.after)}" if listed.after is not None else "",
        place=place,
        query=f"?{_query(flag=flag)}" if flag else "",
        may_write=here.may(Action.WRITE, version),
        may_delete=here.may(Action.MANAGE, version),
        is_on=any(app.serving.feedback for app in here.store.apps.of_versions([version.id])[version.id]),
    )


@router.get(f"{PATH}.json")
def as_data(
    here: Here, owner: str, project: str, name: str, flag: Flag = None, after: RowNumber | None = None
) -> Response:
    version = _version(here, owner, project, name)
    listed = here.store.feedback.list(version, flag=flag, after=after, limit=PAGE_SIZE)
    return data.answer(data.listed((feedback.as_json(entry, version) for entry in listed.items), listed.after))


@router.get(f"{PATH}.csv")
def as_csv(here: Here, owner: str, project: str, name: str, flag: Flag = None) -> Response:
    version = _version(here, owner, project, name)
    lines = feedback.comma_separated(lambda: here.store.feedback.every(version, flag=flag))
    return _file(version, lines, "text/csv; charset=utf-8", "csv")


@router.get(f"{PATH}.jsonl")
def as_lines(here: Here, owner: str, project: str, name: str, flag: Flag = None) -> Response:
    version = _version(here, owner, project, name)
    lines = feedback.json_lines(lambda: here.store.feedback.every(version, flag=flag))
    return _file(version, lines, "application/x-ndjson", "jsonl")


@router.post(f"{PATH}/dataset")
def make_dataset(
    here: Here,
    owner: str,
    project: str,
    name: str,
    dataset: Annotated[str, Form(max_length=64)],
    flag: Annotated[str | None, Form(max_length=64)] = None,
) -> Response:
    """Raises ForbiddenError, NoFeedbackError, and what a name that is none raises."""
    version = _version(here, owner, project, name)
    access.demand(cast("Subject", here.subject), Action.WRITE, version)
    logged = feedback.log_dataset(here.store, version, dataset, flag=flag or None)
    return RedirectResponse(href(logged.ref), status_code=_SEE_OTHER)


@router.post(f"{PATH}/delete")
def delete(
    here: Here, owner: str, project: str, name: str, entry: Annotated[list[str], Form(max_length=PAGE_SIZE)]
) -> Response:
    """Deletes entries for good. Raises ForbiddenError."""
    version = _version(here, owner, project, name)
    access.demand(cast("Subject", here.subject), Action.MANAGE, version)
    here.store.feedback.delete(version, entry)
    return RedirectResponse(f"{href(version.ref)}/feedback", status_code=_SEE_OTHER)


def count(here: Visit, version: Version) -> int | None:
    """How many entries a version has; None for whoever may not know."""
    if version.collection.noun is not Noun.MODEL or not here.may(Action.FEEDBACK, version):
        return None
    return here.store.feedback.sizes([version.id]).get(version.id, (0, 0))[0]


def _version(here: Visit, owner: str, project: str, name: str) -> Version:
    """The version, for those who may see its feedback: nobody else learns that there is any."""
    ref = f"{owner}/{project}/{Noun.MODEL}/{name}"
    version = here.store.find(ref, may_read=here.may_read).version
    if version is None or not here.may(Action.FEEDBACK, version):
        raise NotFoundError(f"feedback on {ref}")
    return version


def _file(version: Version, lines: Any, media_type: str, ending: str) -> Response:
    name = f"{version.collection.name}-{version.number}-feedback.{ending}"
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    return StreamingResponse(lines, media_type=media_type, headers=headers)


def _row(version: Version, entry: FeedbackEntry) -> Row:
    return Row(
        entry=entry,
        inputs=_values(entry.inputs),
        output=_values(entry.output),
        whole=feedback.indented(entry),
        who=entry.viewer or (f"visitor {entry.visitor[:6]}" if entry.visitor else ""),
        app_href=href(f"{version.ref}/apps/{entry.app}"),
    )


def _values(given: Any) -> list[Value]:
    if not isinstance(given, dict):
        return [Value("", _shown(given))]
    named = list(cast("dict[str, Any]", given).items())
    shown = [Value(name, _shown(value)) for name, value in named[:SHOWN_VALUES]]
    return [*shown, Value("", f"and {len(named) - SHOWN_VALUES} more")] if len(named) > SHOWN_VALUES else shown


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else fmt.given(value)
    return text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}…"


def _query(**given: object) -> str:
    return urlencode({name: value for name, value in given.items() if value is not None})
