"""The gate of data: no version is promoted on data whose checks failed."""

from __future__ import annotations

from sqlalchemy import Connection, select

from vitrina.store import catalogue
from vitrina.store.checks import kept
from vitrina.store.checks.kept import Checking
from vitrina.store.gates import PASSES, Verdict, refuses
from vitrina.store.records import NodeKind, Version
from vitrina.store.refs import Noun
from vitrina.store.schema.lineage import EdgeRow
from vitrina.store.schema.registry import CollectionRow, VersionRow
from vitrina.store.versions import Stage

NAMED = 3
"""Failed checks that are told by name."""


class ChecksGate:
    """Asks for the checks of a version's own data, and of the datasets that went into the run which made it."""

    name = "checks"
    asks = "Did every check of the data pass?"

    def verdict(self, connection: Connection, version: Version, stage: Stage) -> Verdict:
        found = kept.newest(connection, [version.id, *_trained_on(connection, version)])
        failed = [checking for checking in found.values() if checking.failed]
        if not failed:
            return PASSES
        return refuses(" ".join(_said(connection, checking) for checking in failed))


def _trained_on(connection: Connection, version: Version) -> list[int]:
    """The dataset versions that the version's run used."""
    if version.run_id is None:
        return []
    statement = (
        select(EdgeRow.source_id)
        .join(VersionRow, VersionRow.id == EdgeRow.source_id)
        .join(CollectionRow, CollectionRow.id == VersionRow.collection_id)
        .where(
            EdgeRow.source_kind == NodeKind.VERSION,
            EdgeRow.target_kind == NodeKind.RUN,
            EdgeRow.target_id == version.run_id,
            CollectionRow.kind == Noun.DATASET,
        )
    )
    return list(connection.scalars(statement))


def _said(connection: Connection, checking: Checking) -> str:
    """A sentence on the checks of one dataset version that failed. One that was deleted since still counts."""
    named = "; ".join(result.title for result in checking.failed[:NAMED])
    more = len(checking.failed) - NAMED
    rest = f"; {more} more" if more > 0 else ""
    of = f"{len(checking.failed)} of {len(checking.results)} checks of {_ref(connection, checking.version_id)}"
    return f"{of} failed: {named}{rest}."


def _ref(connection: Connection, version_id: int) -> str:
    row = connection.execute(catalogue.versions().where(VersionRow.id == version_id)).one_or_none()
    return catalogue.version_of(row, ()).ref if row is not None else "a dataset that was deleted"
