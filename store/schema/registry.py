"""Collections, their immutable versions, aliases, and the log of what was promoted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vitrina.store.schema.columns import Base, Sortable, digest, maker, name64, pk, project_id


class CollectionRow(Base):
    """A model, dataset or artifact: what its versions are versions of."""

    __tablename__ = "collections"
    __table_args__ = (UniqueConstraint("project_id", "kind", "name"),)
    id: Mapped[pk]
    project_id: Mapped[project_id]
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[name64]
    title: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[maker]
    deleted_at: Mapped[datetime | None]


class VersionRow(Base):
    """A version. A deleted one stays as a tombstone, so that its number is never used again."""

    __tablename__ = "versions"
    __table_args__ = (
        UniqueConstraint("collection_id", "number"),
        Index(None, "collection_id", "major", "minor", "patch", "pre_key"),
        Index(None, "collection_id", "content"),
        Index(None, "collection_id", "stage"),
        Index(None, "collection_id", "id"),
    )
    id: Mapped[pk]
    collection_id: Mapped[int] = mapped_column(ForeignKey("collections.id"))
    number: Mapped[str] = mapped_column(String(128))
    major: Mapped[int] = mapped_column(Integer)
    minor: Mapped[int] = mapped_column(Integer)
    patch: Mapped[int] = mapped_column(Integer)
    pre_key: Mapped[str] = mapped_column(Sortable)
    content: Mapped[digest]
    """SHA-256 of the manifest of its files."""

    size: Mapped[int]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), index=True)
    stage: Mapped[str | None] = mapped_column(String(16))
    flavour: Mapped[str | None] = mapped_column(String(32))
    signature: Mapped[dict[str, Any] | None]
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Of a dataset its profile, of a model its library versions …: small, shown on pages."""

    notes: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    created_by: Mapped[maker]
    deleted_at: Mapped[datetime | None]


class VersionFileRow(Base):
    __tablename__ = "version_files"
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    blob_id: Mapped[int] = mapped_column(ForeignKey("blobs.id"), index=True)


class AliasRow(Base):
    __tablename__ = "aliases"
    collection_id: Mapped[int] = mapped_column(ForeignKey("collections.id"), primary_key=True)
    name: Mapped[name64] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), index=True)


class PromotionRow(Base):
    """One entry of the log of a collection (stages, aliases, notes, deletions); never changed, never deleted."""

    __tablename__ = "promotions"
    __table_args__ = (Index(None, "collection_id", "id"),)
    id: Mapped[pk]
    collection_id: Mapped[int] = mapped_column(ForeignKey("collections.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    """`stage`, `alias`, `notes`, `deleted` or `restored`."""

    name: Mapped[str | None]
    """The stage or alias it got, the text of its notes; None: the stage or alias was taken away, or there is none."""

    before: Mapped[str | None]
    """The stage or the notes it had; of an alias the number of the version that had it."""

    displaced_id: Mapped[int | None] = mapped_column(ForeignKey("versions.id"))
    """The version that left production, or the alias, by this entry."""

    reason: Mapped[str] = mapped_column(default="")
    overridden: Mapped[dict[str, Any] | None]
    """`{"reason": why, "refusals": [{"gate", "reason"}, …]}`: the gates that had refused the stage; null: none had."""

    at: Mapped[datetime]
    by: Mapped[maker]
