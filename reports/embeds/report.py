"""The card of a report or README."""

from __future__ import annotations

from vitrina.reports import dates
from vitrina.reports.embeds.embed import Asked
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Card, Fact, Icon

NAME = "report"


def claims(asked: Asked) -> bool:
    return bool(asked.things) and asked.thing.found.report is not None and asked.part is None


def show(asked: Asked, shelf: Shelf) -> Card:
    del shelf
    report = asked.thing.found.report
    assert report is not None
    by = f"by {report.by}" if report.by else ""
    return Card(
        icon=Icon.REPORT,
        kind="Report" if report.name else "README",
        ref=report.ref,
        title=report.title or report.name or report.subject_ref,
        facts=(Fact("Revision", str(report.revision)), Fact("Written", dates.short_day(report.created_at), note=by)),
    )
