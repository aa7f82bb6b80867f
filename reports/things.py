"""The things that references name, and how they are called where several stand beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vitrina.reports.embeds.embed import EmbedError, Thing
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Link
from vitrina.store.lookup import Found
from vitrina.store.refs import COLLECTIONS, Noun, Ref


def thing_of(ref: Ref, shelf: Shelf) -> Thing:
    """What a reference names; raises errors of the store."""
    found = shelf.find(ref)
    return Thing(found, _label(found), _exact(found))


def others(ref: Ref) -> Sequence[Ref]:
    """The references of what is laid over the first: other versions of a collection, other runs of a project."""
    plain = replace(ref, others=())
    if ref.others and ref.noun in COLLECTIONS:
        return [replace(plain, selector=other) for other in ref.others]
    if ref.others and ref.noun is Noun.RUN:
        return [replace(plain, name=other) for other in ref.others]
    if ref.others:
        raise EmbedError("?with= lays versions or runs over each other, and this is neither.")
    return ()


def source(thing: Thing) -> Link:
    """Where something comes from, in words: `classifier 1.3.0`, `run brisk-heron`."""
    return Link(origin(thing.found), thing.ref)


def origin(found: Found) -> str:
    if found.version is not None:
        return f"{found.version.collection.name} {found.version.number}"
    return f"run {found.run.name}" if found.run is not None else found.project.ref


def _label(found: Found) -> str:
    if found.version is not None:
        return found.version.number
    return found.run.name if found.run is not None else found.project.name


def _exact(found: Found) -> str:
    """The reference with the version or run that was found, where one was asked for by other words."""
    if found.app is not None:
        return found.app.ref
    if found.report is not None:
        return found.report.ref
    if found.version is not None:
        return found.version.ref
    if found.run is not None:
        return found.run.ref
    return found.collection.ref if found.collection is not None else found.project.ref
