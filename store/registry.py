"""Collections and their versions: what is written once and never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, tuple_, update

from vitrina.store import catalogue, collection_log, deletion, lineage, project_blobs, projects
from vitrina.store.blobs import BlobBackend, Stored
from vitrina.store.checks import kept as checkings
from vitrina.store.checks.check import Result
from vitrina.store.content import checked_path, content_digest
from vitrina.store.engine import Database, Transaction
from vitrina.store.errors import ConflictError
from vitrina.store.names import name_of
from vitrina.store.numbering import Wish, number_of
from vitrina.store.precedence import columns
from vitrina.store.records import (
    Collection,
    MayRead,
    Node,
    NodeKind,
    Project,
    Run,
    Version,
    VersionFile,
    everything,
)
from vitrina.store.refs import Noun
from vitrina.store.schema.objects import BlobRow
from vitrina.store.schema.registry import CollectionRow, VersionFileRow, VersionRow
from vitrina.store.signature_change import Change
from vitrina.store.statements import upsert
from vitrina.store.versions import Bump, parse_version


class VersionExistsError(ConflictError):
    """A version's number is taken."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            f"The version {ref} exists and has other content; versions never change.",
            hint="Leave out version= (or give bump=) to get the next number.",
        )


class ContentExistsError(ConflictError):
    """The same content has another number already."""

    def __init__(self, wanted_ref: str, ref: str) -> None:
        self.ref = ref
        super().__init__(
            f"The content for {wanted_ref} exists already as {ref}.",
            hint="Use that version, or leave out version= to be given it.",
        )


class NumberSpentError(ConflictError):
    """A number belonged to a version that was deleted."""

    def __init__(self, ref: str) -> None:
        super().__init__(f"{ref} was deleted; its number is not used again.", hint="Take the next number.")


@dataclass(frozen=True, slots=True)
class Logged:
    """What logging a version gave."""

    version: Version
    is_new: bool
    """False: the content existed, and the run reproduced it."""

    given: Bump | None = None
    """The bump that was asked for, or that the number asked for amounts to; None: nothing was asked."""

    found: Change | None = None
    """What its signature asks for, beside the version below it; None: there was nothing to compare."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to become a version."""

    files: Sequence[tuple[str, Path]]
    """(relative path, file)."""

    flavour: str | None = None
    signature: Mapping[str, Any] | None = None
    summary: Mapping[str, Any] | None = None
    notes: str = ""
    checks: Sequence[Result] = ()
    """What checks found in its data. They are kept with the version also where its content existed before."""


class Registry:
    def __init__(self, database: Database, backend: BlobBackend, user_id: int | None) -> None:
        self._database = database
        self._backend = backend
        self._user_id = user_id

    def log(
        self,
        project: Project,
        noun: Noun,
        name: str,
        draft: Draft,
        *,
        run: Run | None = None,
        version: str | None = None,
        bump: Bump | None = None,
    ) -> Logged:
        """Makes a version of a collection (which is made at its first).

        Content that exists gives the version it has, and the run an edge `reproduced`. `version` asks for a number,
        `bump` for the next of its kind; with neither it is what the change of the signature asks for
        (`vitrina.store.signature_change`), else the next patch. What was asked for wins over what the signature asks
        for; where they differ, the summary keeps both (`bump`), with the reasons.
        """
        name = name_of(f"a {noun.singular}", name)
        number = str(parse_version(version)) if version is not None else None
        stored = [(checked_path(path), self._backend.put(file)) for path, file in draft.files]
        with self._database.writing(self._user_id) as transaction:
            collection = _ensure_collection(transaction, project, noun, name)
            content = content_digest((path, kept.digest) for path, kept in stored)
            same = catalogue.by_content(transaction.connection, collection, content)
            if same is not None:
                if number not in {None, same.number}:
                    raise ContentExistsError(f"{collection.ref}@{number}", same.ref)
                _link_run(transaction, run, same, relation="reproduced" if same.run_id != _id(run) else "made")
                _note_checks(transaction, same, draft, run)
                return Logged(same, is_new=False)
            numbered = number_of(transaction.connection, collection, draft.signature, Wish(number, bump))
            if numbered.note is not None:
                draft = replace(draft, summary={**(draft.summary or {}), "bump": numbered.note})
            made = _insert(transaction, collection, numbered.number, draft, stored=stored, content=content, run=run)
            _note_checks(transaction, made, draft, run)
            return Logged(made, is_new=True, given=numbered.given, found=numbered.found)

    def collections(self, project: Project, noun: Noun) -> list[Collection]:
        statement = catalogue.collections().where(CollectionRow.project_id == project.id, CollectionRow.kind == noun)
        with self._database.reading() as connection:
            rows = connection.execute(statement.order_by(CollectionRow.name))
            return [catalogue.collection_of(row) for row in rows]

    def collection(self, project: Project, noun: Noun, name: str) -> Collection:
        with self._database.reading() as connection:
            return catalogue.find_collection(connection, project, noun, name)

    def versions(self, collection_ids: Sequence[int]) -> dict[int, list[Version]]:
        """All versions of collections, by collection, the highest first; one query and one for aliases."""
        statement = (
            catalogue.versions()
            .where(VersionRow.collection_id.in_(collection_ids))
            .order_by(*catalogue.highest_first(), VersionRow.id)
        )
        found: dict[int, list[Version]] = {number: [] for number in collection_ids}
        with self._database.reading() as connection:
            for version in catalogue.with_aliases(connection, connection.execute(statement).all()):
                found[version.collection.id].append(version)
        return found

    def newest(self, collection_ids: Sequence[int]) -> dict[int, Version]:
        """The newest release of each collection that has one (else its newest pre-release)."""
        return {
            number: next((v for v in found if "-" not in v.number), found[0])
            for number, found in self.versions(collection_ids).items()
            if found
        }

    def version(self, version_id: int) -> Version:
        with self._database.reading() as connection:
            return catalogue.get_version(connection, version_id)

    def of_runs(self, run_ids: Sequence[int]) -> dict[int, list[Version]]:
        """The versions that runs made, by run."""
        found: dict[int, list[Version]] = {number: [] for number in run_ids}
        statement = catalogue.versions().where(VersionRow.run_id.in_(run_ids)).order_by(VersionRow.id)
        with self._database.reading() as connection:
            for version in catalogue.with_aliases(connection, connection.execute(statement).all()):
                assert version.run_id is not None
                found[version.run_id].append(version)
        return found

    def resolve(self, collection: Collection, selector: str | None) -> Version:
        """The version that a selector (what stands after `@`) asks for now; raises NotFoundError."""
        with self._database.reading() as connection:
            return catalogue.resolve(connection, collection, selector)

    def files(self, version: Version) -> list[VersionFile]:
        statement = (
            select(VersionFileRow.path, *project_blobs.COLUMNS)
            .join(BlobRow, BlobRow.id == VersionFileRow.blob_id)
            .where(VersionFileRow.version_id == version.id)
            .order_by(VersionFileRow.path)
        )
        with self._database.reading() as connection:
            return [VersionFile(row.path, project_blobs.blob_of(row)) for row in connection.execute(statement)]

    def note(self, version: Version, notes: str) -> Version:
        """Writes what is to be known of a version (its release notes); the log keeps what they were."""
        with self._database.writing(self._user_id) as transaction:
            catalogue.lock(transaction, version.collection)
            current = catalogue.get_version(transaction.connection, version.id)
            if current.notes == notes:
                return current
            transaction.connection.execute(update(VersionRow).where(VersionRow.id == current.id).values(notes=notes))
            collection_log.note(transaction, current, kind="notes", name=notes, before=current.notes)
            return catalogue.get_version(transaction.connection, version.id)

    def delete(self, version: Version, *, reason: str = "", may_read: MayRead = everything) -> None:
        """Deletes a version that nothing points to (`vitrina.store.deletion`). Raises PinnedError."""
        with self._database.writing(self._user_id) as transaction:
            catalogue.lock(transaction, version.collection)
            deletion.delete(transaction, version, reason=reason, may_read=may_read)

    def restore(self, collection: Collection, number: str, *, reason: str = "") -> Version:
        """Takes a deletion back, until gc took the files. Raises NotFoundError, GoneError and ConflictError."""
        with self._database.writing(self._user_id) as transaction:
            catalogue.lock(transaction, collection)
            return deletion.restore(transaction, collection, number, reason=reason)

    def pull(self, version: Version, folder: Path) -> list[Path]:
        """Writes the files of a version, verified, into a folder that is made.

        A file that is there already is refused.
        """
        written: list[Path] = []
        for file in self.files(version):
            target = folder / checked_path(file.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                raise ConflictError(f"{target} exists already.", hint="Pull into an empty folder.")
            self._backend.copy(file.blob.digest, target)
            written.append(target)
        return written


def _ensure_collection(transaction: Transaction, project: Project, noun: Noun, name: str) -> Collection:
    """The collection, made when it is not there, and locked until the transaction ends: no number is given twice."""
    row = upsert(transaction.connection, CollectionRow).values(
        project_id=project.id,
        kind=noun,
        name=name,
        title="",
        description="",
        created_at=transaction.now,
        created_by=transaction.user_id,
    )
    made = transaction.connection.scalar(row.on_conflict_do_nothing().returning(CollectionRow.id))
    collection = catalogue.find_collection(transaction.connection, project, noun, name)
    if made is not None:
        transaction.change("made", noun.singular, made, ref=collection.ref, project_id=project.id)
    catalogue.lock(transaction, collection)
    return collection


def _insert(
    transaction: Transaction,
    collection: Collection,
    number: str,
    draft: Draft,
    *,
    stored: Sequence[tuple[str, Stored]],
    content: str,
    run: Run | None,
) -> Version:
    connection = transaction.connection
    ref = f"{collection.ref}@{number}"
    parts = columns(parse_version(number))
    taken = select(VersionRow.number, VersionRow.deleted_at).where(
        VersionRow.collection_id == collection.id, tuple_(*parts.place) == catalogue.PRECEDENCE
    )
    if (held := connection.execute(taken).first()) is not None:
        ref = f"{collection.ref}@{held.number}"
        raise VersionExistsError(ref) if held.deleted_at is None else NumberSpentError(ref)
    row = insert(VersionRow).values(
        collection_id=collection.id,
        number=number,
        major=parts.major,
        minor=parts.minor,
        patch=parts.patch,
        pre_key=parts.pre_key,
        content=content,
        size=sum(kept.size for _, kept in stored),
        run_id=_id(run),
        flavour=draft.flavour,
        signature=dict(draft.signature) if draft.signature is not None else None,
        summary=dict(draft.summary or {}),
        notes=draft.notes,
        created_at=transaction.now,
        created_by=transaction.user_id,
    )
    version_id = connection.execute(row.returning(VersionRow.id)).scalar_one()
    files = [
        {
            "version_id": version_id,
            "path": path,
            "blob_id": project_blobs.keep(transaction, collection.project.id, kept).id,
        }
        for path, kept in stored
    ]
    connection.execute(insert(VersionFileRow), files)
    version = catalogue.get_version(connection, version_id)
    _link_run(transaction, run, version, relation="made")
    transaction.change("logged", collection.noun.singular, version_id, ref=ref, project_id=collection.project.id)
    projects.touch(transaction, collection.project.id)
    return version


def _link_run(transaction: Transaction, run: Run | None, version: Version, *, relation: str) -> None:
    if run is not None:
        source, target = Node(NodeKind.RUN, run.id), Node(NodeKind.VERSION, version.id)
        lineage.add(transaction, version.collection.project.id, source, target, relation=relation)


def _note_checks(transaction: Transaction, version: Version, draft: Draft, run: Run | None) -> None:
    if draft.checks:
        checkings.record(transaction, version, draft.checks, run=run)


def _id(run: Run | None) -> int | None:
    return run.id if run is not None else None
