"""READMEs and reports for pages: the reports room, asked with the reader's rights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vitrina.hub.pages.visit import LiveDocument
from vitrina.store.opening import Store
from vitrina.store.records import Project, Report


@dataclass(frozen=True, slots=True)
class LiveDocuments:
    """What pages ask of the reports room."""

    store: Store

    def live(self, report: Report, *, subject: Any) -> LiveDocument:
        raise NotImplementedError

    def text(self, markdown: str, *, project: Project, subject: Any) -> LiveDocument:
        raise NotImplementedError
