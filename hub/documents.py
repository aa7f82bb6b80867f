"""READMEs and reports for pages: the reports room, asked with the reader's rights."""

from __future__ import annotations

from dataclasses import dataclass

from vitrina.hub.access import Action, Subject, may
from vitrina.hub.settings import Settings
from vitrina.reports import Live, Reader, Site, live, parse, resolve
from vitrina.store.opening import Store
from vitrina.store.records import Project, Report
from vitrina.store.refs import Ref, parse_ref


@dataclass(frozen=True, slots=True)
class LiveDocuments:
    """What pages ask of the reports room."""

    settings: Settings
    store: Store

    def live(self, report: Report, *, subject: Subject) -> Live:
        """The document with what this subject may see of the things that it shows."""
        # A report's page says the title and has a margin; a README stands below another thing's title.
        site = Site(has_margin=True) if report.name else Site(shows_title=True)
        return self._live(report.text, home=parse_ref(report.subject_ref), subject=subject, site=site)

    def text(self, markdown: str, *, project: Project, subject: Subject) -> Live:
        """The same for a text that is no report."""
        return self._live(markdown, home=parse_ref(project.ref), subject=subject, site=Site(shows_title=True))

    def _live(self, text: str, *, home: Ref, subject: Subject, site: Site) -> Live:
        reader = Reader(self.store, may_read=lambda project: may(subject, Action.READ, project), home=home)
        return live(resolve(parse(text, hub_url=self.settings.portal_url), reader), site=site)
