"""Whether an environment has what an app needs: asked of the metadata of what is installed, without importing it."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from importlib.metadata import Distribution

    from packaging.requirements import Requirement

    from vitrina.store.requirements import Needs


def lacking(needs: Needs, *, find: Callable[[str], Distribution] = distribution) -> str | None:
    """What is lacking first, as one line; None: everything is there.

    `find` gives the library of a name or raises PackageNotFoundError; by default it looks where this process runs.
    """
    if why := wrong_python(needs):
        return why
    from packaging.requirements import Requirement

    seen = set[tuple[str, frozenset[str]]]()
    for line in needs.lines:
        if why := _lacking(Requirement(line), frozenset({""}), find, seen):
            return why
    return None


def wrong_python(needs: Needs) -> str | None:
    """Why an app cannot run on this Python, if it says so."""
    from packaging.specifiers import SpecifierSet

    version = platform.python_version()
    if SpecifierSet(needs.python).contains(version, prereleases=True):
        return None
    return f"The app needs Python {needs.python}, and the hub has {version}."


def _lacking(
    wanted: Requirement,
    extras: Collection[str],
    find: Callable[[str], Distribution],
    seen: set[tuple[str, frozenset[str]]],
) -> str | None:
    """`extras` are those of the library that wants it. Of what is installed, only extras lead further: a library that
    was installed brought what it always needs."""
    from packaging.requirements import Requirement

    if wanted.marker is not None and not any(wanted.marker.evaluate({"extra": extra}) for extra in extras):
        return None
    try:
        found = find(wanted.name)
    except PackageNotFoundError:
        return f"{wanted.name} is not installed."
    if not wanted.specifier.contains(found.version, prereleases=True):
        return f"{wanted.name} {found.version} is installed, and the app needs {wanted.name}{wanted.specifier}."
    asked = (wanted.name.lower(), frozenset(wanted.extras))
    if wanted.extras and asked not in seen:
        seen.add(asked)
        for line in found.requires or ():
            if "extra" in line and (why := _lacking(Requirement(line), wanted.extras, find, seen)):
                return why
    return None
