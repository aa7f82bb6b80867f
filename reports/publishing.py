"""Keeping a text as a new revision of a report or README, and freezing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vitrina.reports.backends.frozen import frozen
from vitrina.reports.document import Document, Finding
from vitrina.reports.edition import Edition, edition_of
from vitrina.reports.means import Means
from vitrina.reports.parsing import parse
from vitrina.reports.resolving import resolve
from vitrina.reports.shelf import Reader
from vitrina.reports.shown import Value
from vitrina.reports.worker import Workers
from vitrina.store.errors import ConflictError, InvalidError, NotFoundError
from vitrina.store.lookup import subject_of
from vitrina.store.opening import Store
from vitrina.store.records import MayRead, Node, NodeKind, Project, Report, Snapshot, Visibility, everything
from vitrina.store.refs import Noun, Ref, parse_ref


class NoReportError(InvalidError):
    """A reference names nothing that a text can be kept as."""

    def __init__(self, ref: Ref) -> None:
        super().__init__(
            f"{ref} is no report and no README.",
            hint="A report is owner/project/reports/NAME, a README the reference of what it is about and /readme.",
        )


class DataChangedError(ConflictError):
    """What a snapshot shows is no longer what the store has."""

    def __init__(self, ref: str, number: int) -> None:
        super().__init__(
            f"The data of {ref} changed since snapshot {number} was frozen, so it cannot be printed anew.",
            hint="The snapshot itself is kept as it was: render it --to html",
        )


@dataclass(frozen=True, slots=True)
class Published:
    report: Report
    snapshot: Snapshot | None
    findings: Sequence[Finding]


def publish(store: Store, ref: Ref, text: str, *, title: str = "", hub_url: str | None = None) -> Published:
    """Keeps a text under a report's or README's reference, with edges from all that it cites.

    `title` empty: that of the text, if it has one. What cannot be shown to all its readers is kept all the same, and
    found.
    """
    document = parse(text, hub_url=hub_url)
    if ref.readme:
        found = store.find(replace(ref, readme=False))
        report = store.reports.publish_readme(found.project, *subject_of(found), text)
    elif ref.noun is Noun.REPORT and ref.selector is None:
        project = store.projects.get(ref.owner, ref.project)
        report = store.reports.publish(
            project, ref.name, text, title=title or _own_title(store, project, ref, document)
        )
    else:
        raise NoReportError(ref)
    resolved = resolve(document, reader_of(store, report))
    _cite(store, report, resolved)
    return Published(report, None, resolve(document, _public_of(store, report)).findings)


def _own_title(store: Store, project: Project, ref: Ref, document: Document) -> str:
    """The text's own title; empty, which leaves the title as it is, where somebody gave the report another."""
    try:
        before = store.reports.get(project, ref.name)
    except NotFoundError:
        return document.title
    return document.title if before.title in {"", parse(before.text).title} else ""


def freeze(store: Store, report: Report, workers: Workers, *, hub_url: str | None = None) -> Snapshot:
    """Freezes a revision over the data of now under the next number; the same bytes again are the same snapshot. What
    it shows is cited: since the text was published `@production` may have become another version.

    A snapshot is the same bytes for whoever may read the report, so it holds only what all of these may read.
    """
    document = resolve(parse(report.text, hub_url=hub_url), _public_of(store, report))
    html = frozen(document, edition_of(report, document, hub_url=hub_url), Means(store.blobs.read, workers))
    snapshot = store.reports.freeze(report, html, values=values_of(document))
    _cite(store, report, document)
    return snapshot


def _cite(store: Store, report: Report, document: Document) -> None:
    """Edges from all that a document stands on."""
    store.lineage.add_all(report.project.id, document.cited, Node(NodeKind.REPORT, report.id), relation="cites")


def thawed(
    store: Store, report: Report, number: int, workers: Workers, *, hub_url: str | None = None
) -> tuple[Document, Edition]:
    """The document and edition of a snapshot, to be printed in another form.

    Raises DataChangedError unless freezing it anew gives the very bytes that were kept: a print that is called snapshot
    4 shows what snapshot 4 shows."""
    snapshot = store.reports.snapshot(report, number)
    revision = next(one for one in store.reports.revisions(report) if one.revision == snapshot.revision)
    document = resolve(parse(revision.text, hub_url=hub_url), _public_of(store, revision))
    edition = edition_of(revision, document, hub_url=hub_url)
    if frozen(document, edition, Means(store.blobs.read, workers)) != store.blobs.read(snapshot.blob):
        raise DataChangedError(report.ref, number)
    return document, replace(edition, snapshot=number)


def values_of(document: Document) -> dict[str, str]:
    """The values in the sentences of a document, by exact reference, every digit."""
    return {one.ref: one.full for one in document.shown.values() if isinstance(one, Value)}


def reader_of(store: Store, report: Report, *, may_read: MayRead = everything) -> Reader:
    """The reader of a report's own text, unless said otherwise with all rights of who has the store."""
    return Reader(store, may_read, home=parse_ref(report.subject_ref))


def _public_of(store: Store, report: Report) -> Reader:
    """The reader with no more rights than any who may read the report has."""
    own = report.project
    is_public = own.visibility is Visibility.PUBLIC

    def all_may_read(other: Project) -> bool:
        match other.visibility:
            case Visibility.PUBLIC:
                return True
            case Visibility.INTERNAL:
                return not is_public  # who reads what is internal or private is signed in
            case Visibility.PRIVATE:
                return other.id == own.id  # the members of two private projects need not be the same people

    return reader_of(store, report, may_read=all_may_read)
