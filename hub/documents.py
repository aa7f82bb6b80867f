"""READMEs and reports for pages: the reports room, asked with the reader's rights."""

from __future__ import annotations

from dataclasses import dataclass, field

from vitrina.hub.access import Action, Subject, may
from vitrina.hub.settings import Settings
from vitrina.reports import Document, Live, Reader, Site, Target, Workers, live, parse, print_stored, resolve
from vitrina.store.opening import Store
from vitrina.store.records import Project, Report
from vitrina.store.records import Subject as About
from vitrina.store.refs import Ref, parse_ref


@dataclass(frozen=True, slots=True)
class LiveDocuments:
    """What pages ask of the reports room."""

    settings: Settings
    store: Store
    workers: Workers = field(default_factory=Workers)
    """Lay out PDFs, one at a time; the process starts with the first one."""

    def live(self, report: Report, *, subject: Subject) -> Live:
        """The document with what this subject may see of the things that it shows."""
        document = self._document(report.text, home=parse_ref(report.subject_ref), subject=subject)
        if report.name:  # its page says the title, and has a margin
            return live(document, site=Site(has_margin=True))
        said = report.project.title if report.subject is About.PROJECT else ""
        return live(document, site=Site(shows_title=document.title != said))

    def text(self, markdown: str, *, project: Project, subject: Subject) -> Live:
        """The same for a text that is no report."""
        document = self._document(markdown, home=parse_ref(project.ref), subject=subject)
        return live(document, site=Site(shows_title=True))

    def pdf(self, ref: Ref, *, subject: Subject) -> bytes:
        """A report, README or snapshot for paper, with what this subject may see."""
        return print_stored(
            self.store,
            ref,
            Target.PDF,
            self.workers,
            may_read=lambda project: may(subject, Action.READ, project),
            hub_url=self.settings.portal_url,
        )

    def close(self) -> None:
        """Ends the workers."""
        self.workers.close()

    def _document(self, text: str, *, home: Ref, subject: Subject) -> Document:
        reader = Reader(self.store, may_read=lambda project: may(subject, Action.READ, project), home=home)
        return resolve(parse(text, hub_url=self.settings.portal_url), reader)
