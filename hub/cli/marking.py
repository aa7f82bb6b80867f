"""The verbs that change what is said of a version: its stage, names and notes, its end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.versioned import VersionRef, found_of, told, version_of
from vitrina.store.errors import InvalidError
from vitrina.store.refs import Noun
from vitrina.store.versions import Stage, Wanted, wanted

if TYPE_CHECKING:
    from vitrina.store.opening import Store
    from vitrina.store.records import Version

Reason = Annotated[str, typer.Option(help="Why; kept in the log.")]


def with_marks(app: typer.Typer, noun: Noun) -> typer.Typer:
    """The Typer of a noun whose things have versions, with promote, alias, notes, delete and restore."""

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
        drop: Annotated[bool, typer.Option("--drop", help="Take the name away; it then points to nothing.")] = False,
        json: Json = False,
    ) -> None:
        """Let a name point to a version; it leaves the one that it pointed to."""
        with opened() as store:
            version = version_of(store, noun, ref)
            if drop:
                store.promotions.drop_alias(version.collection, name)
                named = store.registry.version(version.id)
            else:
                named = store.promotions.alias(version, name, reason=reason)
        told(named, json=json, line=f"@{name} points to nothing now." if drop else f"@{name} is {named.ref}.")

    @app.command()
    def notes(
        ref: VersionRef,
        text: Annotated[str | None, typer.Argument(metavar="[TEXT]", help="Left out: print them.")] = None,
        file: Annotated[
            Path | None, typer.Option("--file", metavar="FILE", help="Take the text from a file.", dir_okay=False)
        ] = None,
        json: Json = False,
    ) -> None:
        """Read or write the release notes of a version. The log keeps what they were."""
        wanted = _text(text, file)
        with opened() as store:
            version = version_of(store, noun, ref)
            noted = version if wanted is None else store.registry.note(version, wanted)
        said = f"The notes of {noted.ref} are written." if wanted is not None else noted.notes
        told(noted, json=json, line=said or f"{noted.ref} has no notes.")

    @app.command()
    def delete(ref: VersionRef, reason: Reason = "", json: Json = False) -> None:
        """Delete one version that nothing points to. Its number is not used again."""
        with opened() as store:
            version = _exact(store, noun, ref)
            store.registry.delete(version, reason=reason)
        back = f"vitrina {noun.singular} restore {version.ref}"
        told(version, json=json, line=f"{version.ref} is deleted. Until gc takes its files: {back}")

    @app.command()
    def restore(ref: VersionRef, reason: Reason = "", json: Json = False) -> None:
        """Take the deletion of a version back, as long as gc has not taken its files."""
        number = _number(ref)
        with opened() as store:
            found = found_of(store, noun, ref.partition("@")[0])
            assert found.collection is not None
            restored = store.registry.restore(found.collection, number, reason=reason)
        told(restored, json=json, line=f"{restored.ref} is there again.")

    return app


def _text(text: str | None, file: Path | None) -> str | None:
    if file is None:
        return text
    if text is not None:
        raise InvalidError("Both a text and a file are given.", hint="Give one of them.")
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidError(f"{file} cannot be read: {error}.") from None


def _number(ref: str) -> str:
    """The exact number that a reference names: what is deleted for good is not left to a range."""
    selector = ref.partition("@")[2]
    if not selector or wanted(selector) is not Wanted.EXACT:
        raise InvalidError(f"{ref!r} names no exact version.", hint="Write owner/project/models/NAME@1.4.0.")
    return selector


def _exact(store: Store, noun: Noun, ref: str) -> Version:
    _number(ref)
    return version_of(store, noun, ref)
