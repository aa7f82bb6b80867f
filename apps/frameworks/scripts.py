"""Finding the application that an app's file made, under whatever name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vitrina.apps.frameworks.framework import NoAppError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def the_one(
    names: Mapping[str, Any],
    *,
    is_app: Callable[[Any], bool],
    usual: Sequence[str],
    makers: Sequence[str] = (),
    kind: str,
    hint: str,
) -> Any:
    """The application among a file's names: of several the one with a `usual` name, first come first served, else the
    last one made; without any, what a function with a name of `makers` makes. Raises NoAppError."""
    for name in usual:
        if is_app(names.get(name)):
            return names[name]
    found = [value for name, value in names.items() if not name.startswith("__") and is_app(value)]
    if found:
        return found[-1]
    for name in makers:
        if callable(names.get(name)) and is_app(made := names[name]()):
            return made
    raise NoAppError(f"The app made no {kind}.", hint=hint)
