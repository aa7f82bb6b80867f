"""Reports and READMEs on pages of their own: live, or frozen as a numbered snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response

from vitrina.hub.pages import data
from vitrina.hub.pages.documents import markdown, rendered
from vitrina.hub.pages.paths import Form, href
from vitrina.hub.pages.render import Surround
from vitrina.hub.pages.visit import Here, Visit
from vitrina.store.errors import NotFoundError
from vitrina.store.lookup import Found
from vitrina.store.records import Report, Snapshot

router = APIRouter()

WORDS_A_MINUTE = 220
"""How fast people read prose on a screen."""


@dataclass(frozen=True)
class SnapshotLink:
    snapshot: Snapshot
    href: str
    is_here: bool


@router.get("/{owner}/{project}/reports/{name}", include_in_schema=False)
def report(here: Here, owner: str, project: str, name: str) -> Response:
    return readme_page(here, f"{owner}/{project}/reports/{name}")


@router.get("/{owner}/{project}/{noun}/{name}/{readme}", include_in_schema=False)
def readme(here: Here, owner: str, project: str, noun: str, name: str, readme: str) -> Response:
    """The README of a run, collection or version: `…/models/classifier/readme`."""
    return readme_page(here, f"{owner}/{project}/{noun}/{name}/{readme}")


def readme_page(here: Visit, text: str) -> Response:
    """A report or README by its reference, in the form that it is asked for."""
    found, form = here.find(text)
    if found.report is None:
        raise NotFoundError(f"README {text}")
    match form:
        case Form.JSON:
            return data.answer({**data.report(found.report), "text": found.report.text})
        case Form.MARKDOWN:
            return markdown(found.report)
        case Form.PAGE:
            number = _snapshot_number(found)
            return _live(here, found.report) if number is None else _frozen(here, found.report, number)


def _snapshot_number(found: Found) -> int | None:
    selector = found.ref.selector if found.report is not None and found.report.name else None
    return found.ref.readme_snapshot if found.ref.readme else int(selector) if selector else None


def _live(here: Visit, report: Report) -> Response:
    document = rendered(here, report)
    return here.render(
        "report.html",
        _around(here, report),
        report=report,
        title=title_of(report),
        html=document.html,
        headings=[heading for heading in document.headings if heading.level in (2, 3)],
        minutes=max(1, round(len(report.text.split()) / WORDS_A_MINUTE)),
        snapshots=_snapshots(here, report, None),
        live_href=href(report.ref),
        subject_href=href(report.subject_ref),
    )


def _frozen(here: Visit, report: Report, number: int) -> Response:
    snapshot = here.store.reports.snapshot(report, number)
    return here.render(
        "snapshot.html",
        _around(here, report, f"@{number}"),
        report=report,
        title=title_of(report),
        snapshot=snapshot,
        snapshots=_snapshots(here, report, number),
        live_href=href(report.ref),
        frame_href=f"/-/frame/snapshot{href(f'{report.ref}@{number}')}",
    )


def _around(here: Visit, report: Report, snapshot: str = "") -> Surround:
    return here.around_project(
        report.project,
        report.ref,
        title=title_of(report) + snapshot,
        current="reports" if report.name else "overview",
        here=title_of(report),
        has_readme=True,
    )


def _snapshots(here: Visit, report: Report, number: int | None) -> Sequence[SnapshotLink]:
    return [
        SnapshotLink(snapshot, href(f"{report.ref}@{snapshot.number}"), snapshot.number == number)
        for snapshot in here.store.reports.snapshots(report)
    ]


def title_of(report: Report) -> str:
    """Its title, else its name as words; a README is called after what it is about."""
    if report.title:
        return report.title
    if report.name:
        return report.name.replace("-", " ").replace("_", " ").capitalize()
    return f"README of {report.subject_ref.rpartition('/')[2]}"
