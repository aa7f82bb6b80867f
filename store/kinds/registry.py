"""The list of kinds, and the calls that find the right one."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from vitrina.store.errors import NotFoundError
from vitrina.store.kinds import (
    audio,
    chart,
    confusion_matrix,
    curve,
    file,
    histogram,
    html,
    image,
    markdown,
    table,
    text,
    video,
)
from vitrina.store.kinds.kind import Kind, KindError, Taken
from vitrina.store.views import View

KINDS: tuple[Kind, ...] = (
    curve,
    confusion_matrix,
    histogram,
    chart,
    image,
    table,
    audio,
    video,
    html,
    markdown,
    text,
    file,
)
"""All kinds, in the order in which they are asked whether a value is theirs."""


def take(value: object, *, kind: str | None = None, argument: str = "value", **options: Any) -> Taken:
    """Turn a value into what the store keeps; the kind is found from the value where none is named.

    `argument` is the caller's name for the value, for the error. `options` are the kind's own (`sample_rate` of audio).
    Raises KindError, which names the type that came and the types that can.
    """
    chosen = kind_of(value, argument=argument) if kind is None else _named(kind)
    _check_options(chosen, options)
    try:
        return chosen.take(value, **options)
    except KindError as error:
        what = f"`{argument}` ({_type_name(value)}) cannot be taken as {chosen.NAME}: {error.message}."
        raise KindError(what, hint=error.hint or f"Give {chosen.TAKES}.") from error


def kind_of(value: object, *, argument: str = "value") -> Kind:
    """The kind of a value, from its type alone. Raises KindError when no kind claims it."""
    for kind in KINDS:
        if kind.claims(value):
            return kind
    known = "; ".join(f"{kind.NAME}: {kind.TAKES}" for kind in KINDS)
    raise KindError(
        f"`{argument}` is of type {_type_name(value)}, which no kind takes by itself.", hint=f"Kinds are {known}."
    )


def view(kind: str, summary: Mapping[str, Any], payload: bytes) -> View:
    """How a stored object is shown. Images, audio and video are shown from their summary alone: `payload` may then be
    empty."""
    return _named(kind).view(summary, payload)


def section(kind: str) -> str:
    """The part of references that objects of this kind are found under: "charts", "images", "tables", …"""
    return _named(kind).SECTION.value


def _named(name: str) -> Kind:
    for kind in KINDS:
        if name == kind.NAME:
            return kind
    known = ", ".join(kind.NAME for kind in KINDS)
    raise NotFoundError(f"kind of logged object called {name!r}", hint=f"There are {known}.")


def _check_options(kind: Kind, options: Mapping[str, Any]) -> None:
    known = [
        name
        for name, parameter in inspect.signature(kind.take).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    ]
    for name in options:
        if name not in known:
            raise KindError(
                f"The kind {kind.NAME} has no option {name!r}.", hint=f"It has: {', '.join(known) or 'none'}."
            )


def _type_name(value: object) -> str:
    cls = type(value)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"
