"""The verbs that models, datasets and artifacts share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.nouns import noun as typer_of
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.project import project_name
from vitrina.hub.pages import data
from vitrina.store.errors import InvalidError
from vitrina.store.refs import COLLECTIONS, Noun

if TYPE_CHECKING:
    from vitrina.hub.pages.schema import Field
    from vitrina.store.lookup import Found
    from vitrina.store.opening import Store
    from vitrina.store.records import Collection, Version

VersionRef = Annotated[
    str,
    typer.Argument(metavar="REF", help="owner/project/NOUN/NAME@VERSION; @ may name a range, alias, stage or latest"),
]


def with_verbs(noun: Noun, line: str) -> typer.Typer:
    """The Typer of a noun whose things have versions: list, show, pull."""
    app = typer_of(line)

    @app.command("list")
    def list_(
        project: Annotated[
            str | None, typer.Argument(metavar="[PROJECT]", help="owner/name; all projects if left out")
        ] = None,
        versions: Annotated[bool, typer.Option("--versions", help="List every version.")] = False,
        json: Json = False,
    ) -> None:
        with opened() as store:
            found = _collections(store, noun, project)
            by_collection = store.registry.versions([one.id for one in found])
        if versions:
            _list_versions([version for one in found for version in by_collection[one.id]], noun, json=json)
        else:
            _list_collections([(one, by_collection[one.id]) for one in found], noun, json=json)

    @app.command()
    def show(ref: VersionRef, json: Json = False) -> None:
        with opened() as store:
            found = found_of(store, noun, ref)
            assert found.collection is not None
            if found.ref.selector is not None and found.version is not None:
                files = data.files(store.registry.files(found.version))
                _show_version(found.version, files, json=json)
            else:
                _show_collection(
                    found.collection, store.registry.versions([found.collection.id])[found.collection.id], json
                )

    @app.command()
    def pull(
        ref: VersionRef,
        output: Annotated[
            Path | None, typer.Option("--output", "-o", help="Folder to write into; by default NAME-VERSION here.")
        ] = None,
        json: Json = False,
    ) -> None:
        with opened() as store:
            version = version_of(store, noun, ref)
            folder = output if output is not None else Path(f"{version.collection.name}-{version.number}")
            written = store.registry.pull(version, folder)
        if json:
            printing.as_json({**data.version(version), "files": [str(path) for path in written]})
        else:
            print(f"{version.ref}: {len(written)} file{'s' if len(written) != 1 else ''} in {folder}")

    list_.__doc__ = f"The {noun} of a project, or of all."
    show.__doc__ = f"One {noun.singular}, or one version of it."
    pull.__doc__ = f"Write the files of one {noun.singular} version, verified, into a folder."
    return app


def found_of(store: Store, noun: Noun, ref: str) -> Found:
    """What a reference names. Raises InvalidError when it is of another noun."""
    found = store.find(ref)
    if found.collection is None or found.collection.noun is not noun:
        other = found.ref.noun
        hint = (
            f"Use: vitrina {other.singular} …"
            if other is not None and other in COLLECTIONS
            else f"A {noun.singular} is owner/project/{noun}/NAME@VERSION."
        )
        raise InvalidError(f"{ref!r} is no {noun.singular}.", hint=hint)
    return found


def version_of(store: Store, noun: Noun, ref: str) -> Version:
    """The version that a reference names; without a selector the newest release. Raises InvalidError, NotFoundError."""
    found = found_of(store, noun, ref)
    assert found.collection is not None
    return found.version if found.version is not None else store.registry.resolve(found.collection, None)


def told(version: Version, *, json: bool, line: str) -> None:
    """Says what became of a version."""
    if json:
        printing.as_json(data.version(version))
    else:
        print(line)


def _collections(store: Store, noun: Noun, project: str | None) -> list[Collection]:
    projects = [store.projects.get(*project_name(project))] if project is not None else store.projects.list()
    return [one for project in projects for one in store.registry.collections(project, noun)]


def _list_collections(found: list[tuple[Collection, list[Version]]], noun: Noun, *, json: bool) -> None:
    if json:
        printing.as_json([{**data.collection(one), "versions": len(versions)} for one, versions in found])
        return
    rows = [(one.ref, versions[0].number if versions else None, len(versions), one.title) for one, versions in found]
    printing.table(
        (noun.singular.upper(), "HIGHEST", "VERSIONS", "TITLE"), rows, empty=f"There is no {noun.singular} here yet."
    )


def _list_versions(found: list[Version], noun: Noun, *, json: bool) -> None:
    if json:
        printing.as_json([data.version(version) for version in found])
        return
    rows = [
        (one.ref, one.stage, one.aliases, one.flavour, printing.size(one.size), printing.ago(one.created_at))
        for one in found
    ]
    headings = ("VERSION", "STAGE", "ALIASES", "FLAVOUR", "SIZE", "LOGGED")
    printing.table(headings, rows, empty=f"There is no {noun.singular} version here yet.")


def _show_version(version: Version, files: list[dict[str, object]], *, json: bool) -> None:
    if json:
        printing.as_json({**data.version(version), "files": files})
        return
    from vitrina.hub.pages.schema import signature_of

    signature = signature_of(version.signature)
    printing.facts(
        [
            ("version", version.ref),
            ("stage", version.stage),
            ("aliases", version.aliases),
            ("flavour", version.flavour),
            ("content", version.content),
            ("logged", printing.ago(version.created_at)),
            ("by", version.by),
            ("notes", version.notes),
            *(("input", _field(field)) for field in (signature.inputs if signature else ())),
            *(("output", _field(field)) for field in (signature.outputs if signature else ())),
            *(("file", f"{file['path']}  {printing.size(int(str(file['size_bytes'])))}") for file in files),
        ]
    )


def _field(field: Field) -> str:
    """One input or output of a model: name, type, and what the example showed of it."""
    spread = "" if field.low == printing.MISSING else f"{field.low} … {field.high}"
    return "  ".join(part for part in (field.name, field.type, spread or field.values) if part)


def _show_collection(collection: Collection, versions: list[Version], json: bool) -> None:
    if json:
        printing.as_json({**data.collection(collection), "versions": [data.version(one) for one in versions]})
        return
    printing.facts([(collection.noun.singular, collection.ref), ("title", collection.title)])
    _list_versions(versions, collection.noun, json=False)
