"""READMEs and texts inside pages, and a README's own address in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi.responses import Response
from markupsafe import Markup

from vitrina.hub.pages.visit import Heading, Visit
from vitrina.store.errors import NotFoundError
from vitrina.store.records import Project, Report, Subject


@dataclass(frozen=True)
class Readme:
    """The README of a thing, which may have none."""

    report: Report | None
    html: Markup | None
    headings: Sequence[Heading] = ()

    @property
    def exists(self) -> bool:
        return self.report is not None

    def source(self) -> Response:
        """The text as it was written. Raises NotFoundError where there is none."""
        if self.report is None:
            raise NotFoundError("README here")
        return markdown(self.report)


def readme_of(here: Visit, subject: Subject, subject_id: int) -> Readme:
    """The newest README of a thing, rendered with this reader's rights."""
    report = here.store.reports.readme(subject, subject_id)
    return Readme(None, None) if report is None else rendered(here, report)


def rendered(here: Visit, report: Report) -> Readme:
    live = here.portal.documents.live(report, subject=here.subject)
    return Readme(report, _safe(live.html), live.headings)


def prose(here: Visit, text: str, *, project: Project) -> Markup:
    """A text in Markdown that is no report: a logged object."""
    return _safe(here.portal.documents.text(text, project=project, subject=here.subject).html)


def markdown(report: Report) -> Response:
    """Plain text, never rendered by the browser."""
    headers = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox; default-src 'none'"}
    return Response(report.text, media_type="text/markdown; charset=utf-8", headers=headers)


def _safe(html: str) -> Markup:
    """The one place where rendered documents enter pages: the reports room has sanitised what authors wrote."""
    return Markup(html)  # noqa: S704
