"""The verbs by which models, datasets and artifacts share what is said of a version: its stage, its names."""

from __future__ import annotations

from typing import Annotated

import typer

from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.versioned import VersionRef, told, version_of
from vitrina.store.refs import Noun
from vitrina.store.versions import Stage

Reason = Annotated[str, typer.Option(help="Why; kept in the log.")]


def with_marks(app: typer.Typer, noun: Noun) -> typer.Typer:
    """The Typer of a noun whose things have versions, with promote and alias."""

    @app.command()
    def promote(
        ref: VersionRef,
        stage: Annotated[Stage, typer.Argument(metavar="staging|production|archived")],
        reason: Reason = "",
        override: Annotated[
            str | None,
            typer.Option(metavar="REASON", help="Why it goes on although a gate (a failed check) refuses; kept."),
        ] = None,
        json: Json = False,
    ) -> None:
        """Give a version a stage. One is in production: the one that was there is archived."""
        with opened() as store:
            version = version_of(store, noun, ref)
            promoted = store.promotions.promote(version, stage, reason=reason, override=override)
        told(promoted, json=json, line=f"{promoted.ref} is in {stage}.")

    @app.command()
    def alias(
        ref: VersionRef,
        name: Annotated[str, typer.Argument(metavar="NAME", help="a-z, 0-9 and -, such as champion")],
        reason: Reason = "",
        json: Json = False,
    ) -> None:
        """Let a name point to a version; it leaves the one that it pointed to."""
        with opened() as store:
            named = store.promotions.alias(version_of(store, noun, ref), name, reason=reason)
        told(named, json=json, line=f"@{name} is {named.ref}.")

    return app
