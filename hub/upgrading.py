"""A newer release of a framework for an app that was logged: the same files, other requirements, one more revision.

Deciding is pure (`release_of`, `rewritten`); the index is asked by `newest`, and nothing is kept before a trial of the
new bundle went well (see `vitrina.hub.trial`). The revision before stays as it is, and can be made the newest again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from importlib import metadata
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version as Release

from vitrina.store import requirements as needs
from vitrina.store.apps import AppDraft
from vitrina.store.errors import InvalidError, MissingExtraError
from vitrina.store.rebundling import with_requirements

if TYPE_CHECKING:
    from vitrina.apps.environments.environments import Environments
    from vitrina.store.bundles import Bundle
    from vitrina.store.opening import Store
    from vitrina.store.records import App

LIBRARIES = frozenset({"gradio", "streamlit", "dash", "panel", "shiny", "marimo"})
"""Kinds of app that are named like the library which they are written in."""


class NoLibraryError(InvalidError):
    """It cannot be told which library of an app is meant."""

    def __init__(self, framework: str) -> None:
        super().__init__(
            f"An app of kind {framework} is written in no one library that could be upgraded.",
            hint="Say which: --to NAME==VERSION",
        )


def library_of(app: App) -> str:
    """The library that the app is written in. Raises NoLibraryError."""
    if app.framework not in LIBRARIES:
        raise NoLibraryError(app.framework)
    return app.framework


def asked_for(text: str) -> Requirement:
    """What somebody wants instead, as `gradio==6.1`. Raises RequirementsError, InvalidError."""
    lines = needs.parse(text, where="--to").lines
    if len(lines) != 1:
        raise InvalidError(f"{text!r} is not one requirement.", hint="Such as --to 'gradio==6.1'.")
    return Requirement(lines[0])


def said_of(requirements: str, library: str) -> str | None:
    """What requirements say of a library, such as `==6.0.0`; empty: any release; None: nothing."""
    found = [one for one in _all(requirements) if _is(one, library)]
    return ",".join(str(one.specifier) for one in found if str(one.specifier)) if found else None


def rewritten(requirements: str, wanted: Sequence[Requirement]) -> str:
    """The text with these in the place of what it says of the same libraries, whose extras stay; else added.

    What is no requirement (comments) is left out; which Pythons the app runs on stays.
    """
    now, new = list(_all(requirements)), list[str]()
    for one in wanted:
        extras = {extra for before in now if _is(before, one.name) for extra in before.extras} | one.extras
        shown = f"[{','.join(sorted(extras))}]" if extras else ""
        new.append(f"{one.name}{shown}{one.specifier}")
    kept = [str(one) for one in now if not any(_is(one, other.name) for other in wanted)]
    python = needs.parse(requirements).python
    head = [f"# requires-python: {python}"] if python else []
    return "".join(f"{line}\n" for line in (*head, *new, *kept))


def newest(app: App, library: str, environments: Environments, *, on_step: Callable[[str], None]) -> Requirement:
    """The newest release of a library that the index has for an app, with all else that it needs; where no index can be
    asked (there is no uv), the hub's own. Raises BuildError, and MissingExtraError where there is neither."""
    free = rewritten(app.requirements, [Requirement(library)])
    try:
        found = asyncio.run(environments.releases(free, framework=app.framework, on_step=on_step))
    except MissingExtraError:
        if (own := own_release(library)) is None:
            raise
        return Requirement(f"{library}=={own}")
    [release] = [one for line in found if _is(one := Requirement(line), library)]
    return release


def own_release(library: str) -> str | None:
    """The release that the hub's own Python has; None: it has none."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return None


def is_newer(release: Requirement, than: str) -> bool:
    """Whether a pinned release is newer than what `said_of` a library; what is no one release is always older."""
    before = [Release(one.version) for one in Requirement(f"x{than}").specifier if one.operator == "=="]
    after = [Release(one.version) for one in release.specifier if one.operator == "=="]
    return not before or not after or after[0] > before[0]


def bundle_with(store: Store, app: App, requirements: str) -> Bundle:
    """The app's bundle with these requirements instead. Raises RequirementsError, BundleError."""
    return with_requirements(store.blobs.read(app.blob), requirements)


def keep(store: Store, app: App, bundle: Bundle) -> App:
    """One more revision of the app, made of this bundle; one that equals the newest is not made again."""
    draft = AppDraft(
        archive=bundle.data,
        bundle=bundle.digest,
        framework=bundle.framework,
        entry=bundle.entry,
        cwd=bundle.cwd,
        requirements=bundle.requirements,
    )
    return store.apps.log(app.version, app.name, draft)


def restore(store: Store, app: App) -> App:
    """Make this revision of an app the newest again: as one more revision, so that no address changes what it shows."""
    draft = AppDraft(
        archive=store.blobs.read(app.blob),
        bundle=app.bundle,
        framework=app.framework,
        entry=app.entry,
        cwd=app.cwd,
        requirements=app.requirements,
    )
    return store.apps.log(app.version, app.name, draft)


def _all(requirements: str) -> Sequence[Requirement]:
    return [Requirement(line) for line in needs.parse(requirements).lines]


def _is(one: Requirement, library: str) -> bool:
    return canonicalize_name(one.name) == canonicalize_name(library)
