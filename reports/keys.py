"""The YAML of a fence, read key by key, so that what is wrong can be said with its line and the nearest right word."""

# yaml ships no types: what it gives is checked as it enters.
# pyright: reportMissingModuleSource=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import yaml

from vitrina.store.errors import InvalidError

LONGEST = 20_000
"""Characters of a fence."""

DEEPEST = 3
"""Lists and mappings within each other; more is no query of ours."""


class FenceError(InvalidError):
    """A fence cannot be read."""

    def __init__(self, message: str, *, line: int) -> None:
        self.line = line
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key's value and the line it stands in."""

    value: Any
    line: int


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a fence takes."""

    name: str
    read: Callable[[Any], Any]
    """Turns what YAML gave into what the query holds; a ValueError says what it takes ("a number from 0 to 1")."""

    words: str
    """What it means, for the documentation and for the JSON Schema."""


def entries(text: str, *, line: int, deepest: int = DEEPEST) -> dict[str, Entry]:
    """The keys of a fence's text, whose first line is `line`; nested at most `deepest` times. Raises FenceError."""
    if len(text) > LONGEST:
        raise FenceError(f"The fence has {len(text)} characters; {LONGEST} is the most.", line=line)
    try:
        _check_events(yaml.parse(text, yaml.SafeLoader), line, deepest)
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise FenceError("A fence holds lines of `key: value`.", line=line)
        return {
            str(key.value): Entry(loader.construct_document(value), line + key.start_mark.line)
            for key, value in node.value
        }
    except yaml.MarkedYAMLError as error:
        at = line + (error.problem_mark.line if error.problem_mark else 0)
        raise FenceError(f"This is not YAML: {error.problem or error.context}.", line=at) from None
    except (yaml.YAMLError, ValueError) as error:
        raise FenceError(f"This is not YAML: {error}.", line=line) from None


def read(given: Mapping[str, Entry], keys: Sequence[Key], *, fence: str) -> dict[str, Any]:
    """The values of the keys that were given, by name. Raises FenceError for a key or value that the fence does not
    take."""
    known = {key.name: key for key in keys}
    values: dict[str, Any] = {}
    for name, entry in given.items():
        if name not in known:
            raise FenceError(f"`{name}` is no key of a {fence}.{suggestion(name, known)}", line=entry.line)
        try:
            values[name] = known[name].read(entry.value)
        except ValueError as error:
            raise FenceError(f"`{name}` takes {error}.", line=entry.line) from None
    return values


def suggestion(word: str, known: Iterable[str]) -> str:
    """` Did you mean …?`, or all the words there are where none is near; begins with a blank."""
    words = sorted(known)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f" Did you mean `{near[0]}`?"
    if not words:
        return ""
    listed = ", ".join(f"`{each}`" for each in words[:8]) + (", …" if len(words) > 8 else "")
    return f" There {'is' if len(words) == 1 else 'are'} {listed}."


def _check_events(events: Iterable[Any], line: int, deepest: int) -> None:
    """Refuses what makes much out of little: names for parts (`&a`, `*a`), and nesting without an end."""
    depth = 0
    for event in events:
        at = line + event.start_mark.line
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FenceError("A fence takes no anchors (`&name`, `*name`).", line=at)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > deepest:
            raise FenceError("This is nested too deeply for a fence.", line=at)
