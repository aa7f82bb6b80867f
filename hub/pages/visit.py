"""One request for a page: who reads, when and in which zone, and what the portal offers to pages.

`hub.portal` puts a `Portal` at `app.state.vitrina`. Routes take a `Here` and never look at the request's rights
themselves: whatever they show comes through `Visit`, which asks `may`, and answers the same for what is absent and what
is forbidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any, Protocol
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse

from vitrina.hub.access import Action
from vitrina.hub.format import Clock
from vitrina.hub.pages.paths import Form, forms, href
from vitrina.hub.pages.render import Crumb, Renderer, Surround, Tab
from vitrina.store.errors import NotFoundError, VitrinaError
from vitrina.store.lookup import Found
from vitrina.store.opening import Store
from vitrina.store.records import Project, Report
from vitrina.store.refs import Noun, Ref

ZONE_COOKIE = "vitrina-zone"
"""Set by `static/times.js`; only how dates are written hangs on it."""


class Reader(Protocol):
    """Who reads. A visitor has no name."""

    @property
    def name(self) -> str | None: ...


class Heading(Protocol):
    """A line of a document's table of contents."""

    @property
    def level(self) -> int: ...

    @property
    def text(self) -> str: ...

    @property
    def anchor(self) -> str: ...


class LiveDocument(Protocol):
    """A rendered README or report."""

    @property
    def html(self) -> str:
        """Sanitised; holds no script, no inline style and no `h1`."""
        ...

    @property
    def headings(self) -> Sequence[Heading]: ...


class Documents(Protocol):
    """What the reports room does for pages."""

    def live(self, report: Report, *, subject: Any) -> LiveDocument:
        """The document with its embeds resolved with this subject's rights. Broken embeds are explained in place."""
        ...

    def text(self, markdown: str, *, project: Project, subject: Any) -> LiveDocument:
        """The same for a text that is no report: a logged Markdown object, a description."""
        ...

    def pdf(self, ref: Ref, *, subject: Any) -> bytes:
        """A report, README or snapshot for paper, with this subject's rights."""
        ...


class Portal(Protocol):
    """What pages need of the hub."""

    @property
    def store(self) -> Store: ...

    @property
    def documents(self) -> Documents: ...

    @property
    def cache(self) -> Path:
        """A folder for what can be made again."""
        ...

    def may(self, subject: Any, action: str, thing: Any) -> bool: ...

    def subject(self, request: Request) -> Reader: ...

    def now(self) -> datetime: ...


@dataclass(frozen=True)
class Visit:
    """A reader at a page."""

    portal: Portal
    request: Request
    subject: Reader
    clock: Clock
    renderer: Renderer

    @property
    def store(self) -> Store:
        return self.portal.store

    def may(self, action: str, thing: Any) -> bool:
        return self.portal.may(self.subject, action, thing)

    def project(self, owner: str, name: str) -> Project:
        """The project, if this reader may see it. Raises NotFoundError for what is absent and forbidden alike."""
        found = self.store.projects.find(owner, name)
        if found is None or not self.may_read(found):
            raise NotFoundError(f"project {owner}/{name}")
        return found

    def find(self, text: str) -> tuple[Found, Form]:
        """What a path names, and in which form it is asked for: exact names first, then `.json` and `.md`."""
        refused: VitrinaError | None = None
        for name, form in forms(text):
            try:
                return self.store.find(name, may_read=self.may_read), form
            except VitrinaError as error:
                refused = error  # the last: without its ending the name is the one that was meant
        assert refused is not None
        raise refused

    def may_read(self, project: Project) -> bool:
        """The reader's rights, as the store asks for them."""
        return self.may(Action.READ, project)

    @property
    def zone_name(self) -> str:
        return str(self.clock.zone)

    @property
    def hub_url(self) -> str:
        return str(self.request.base_url).rstrip("/")

    def around(self, title: str, *, crumbs: Sequence[Crumb] = (), json_href: str | None = None) -> Surround:
        """What stands around a page that is in no project."""
        return Surround(title=title, reader=self.subject.name, zone=self.zone_name, crumbs=crumbs, json_href=json_href)

    def around_project(
        self,
        project: Project,
        ref: str,
        *,
        title: str = "",
        current: str = "",
        here: str = "",
        has_readme: bool = False,
    ) -> Surround:
        """What stands around a page of a project: its tabs with how much is behind them (one query).

        `current` names the chosen tab, `here` the last crumb (empty: the project itself), `ref` what the page shows.
        """
        counts = self.store.projects.counts([project.id])[project.id]
        place = (Crumb(project.name, href(project.ref)), Crumb(here)) if here else (Crumb(project.name),)
        return Surround(
            title=f"{title} · {project.ref}" if title else project.ref,
            reader=self.subject.name,
            zone=self.zone_name,
            project_ref=project.ref,
            crumbs=(Crumb(project.owner, href(project.owner)), *place),
            tabs=_tabs(project, counts, current),
            json_href=Form.JSON.of(ref),
            readme_href=Form.MARKDOWN.of(ref) if has_readme else None,
        )

    def render(self, template: str, page: Surround, *, status: int = 200, **model: Any) -> HTMLResponse:
        return HTMLResponse(self.renderer.page(template, page=page, clock=self.clock, **model), status_code=status)


TABS = (
    ("Overview", "", "o"),
    ("Runs", Noun.RUN.value, "r"),
    ("Models", Noun.MODEL.value, "m"),
    ("Datasets", Noun.DATASET.value, "d"),
    ("Artifacts", Noun.ARTIFACT.value, "i"),
    ("Apps", "apps", "a"),
    ("Reports", Noun.REPORT.value, "p"),
)
"""Title, path segment and count's name, key. Artifacts have a tab only where there are any."""


def _tabs(project: Project, counts: Mapping[str, int], current: str) -> list[Tab]:
    shown = [tab for tab in TABS if tab[1] != Noun.ARTIFACT or counts.get(Noun.ARTIFACT)]
    return [
        Tab(
            text=title,
            href=href(f"{project.ref}/{segment}" if segment else project.ref),
            key=key,
            count=counts.get(segment) if segment else None,
            is_current=current == (segment or "overview"),
        )
        for title, segment, key in shown
    ]


def visit(request: Request) -> Visit:
    portal: Portal = request.app.state.vitrina
    return Visit(
        portal=portal,
        request=request,
        subject=portal.subject(request),
        clock=Clock(now=portal.now(), zone=zone(request.cookies.get(ZONE_COOKIE))),
        renderer=request.app.state.vitrina_pages,
    )


Here = Annotated[Visit, Depends(visit)]


def zone(name: str | None) -> tzinfo:
    """The zone of that name; UTC for none and for what is no zone (a cookie is anybody's text)."""
    if not name:
        return UTC
    try:
        return ZoneInfo(unquote(name))
    except (KeyError, ValueError, OSError):
        return UTC
