"""What is printed about a document beside its text: whose it is, which revision, of when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from vitrina.reports.document import Document
from vitrina.store.records import Report

SHOWN_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Edition:
    """Of one revision. Nothing in it is of the moment of printing, so that printing twice gives the same bytes."""

    kind: str
    """Report or README."""

    ref: str
    """Of the report, or of what a README is about; a file's name where the text is in no store."""

    title: str
    dated: datetime
    """When the revision was made."""

    digest: str
    """SHA-256 of the text."""

    project: str = ""
    revision: int | None = None
    """None: the text is in no store."""

    snapshot: int | None = None
    """The number of the frozen snapshot that this prints; None: it prints none."""

    authors: tuple[str, ...] = ()
    hub_url: str | None = None
    """Where links lead, without a slash at the end; None: to nowhere, and references stand as text."""

    @property
    def hash_groups(self) -> str:
        """The first digits of the digest, in groups of four."""
        return " ".join(self.digest[at : at + 4] for at in range(0, SHOWN_DIGITS, 4))

    @property
    def number(self) -> str:
        """`Snapshot 4`, `Revision 2`, or empty."""
        if self.snapshot is not None:
            return f"Snapshot {self.snapshot}"
        return f"Revision {self.revision}" if self.revision is not None else ""


def edition_of(
    report: Report, document: Document, *, hub_url: str | None = None, snapshot: int | None = None
) -> Edition:
    """The edition of a stored report or README."""
    return Edition(
        kind="Report" if report.name else "README",
        ref=report.ref,
        title=document.matter.title or report.title or document.title or _title(report),
        dated=report.created_at,
        digest=report.digest,
        project=report.project.ref,
        revision=report.revision,
        snapshot=snapshot,
        authors=document.matter.authors or ((report.by,) if report.by else ()),
        hub_url=hub_url,
    )


def edition_of_text(
    document: Document, *, name: str, dated: datetime, project: str = "", hub_url: str | None = None
) -> Edition:
    """The edition of a text that is in no store, a file for example; `dated` is the file's date."""
    return Edition(
        kind="Report",
        ref=name,
        title=document.title or name,
        dated=dated,
        digest=hashlib.sha256(document.text.encode(errors="replace")).hexdigest(),
        project=project,
        authors=document.matter.authors,
        hub_url=hub_url,
    )


def _title(report: Report) -> str:
    if report.name:
        return report.name.replace("-", " ").replace("_", " ").capitalize()
    return report.subject_ref.rpartition("/")[2].replace("@", " ")
