"""What a search found, as data."""

from __future__ import annotations

from typing import Any

from vitrina.hub.pages import data
from vitrina.store.records import Collection, Report, Run, Version
from vitrina.store.search.found import Thing


def described(thing: Thing) -> dict[str, Any]:
    """The thing as its own page's `.json` has it."""
    match thing:
        case Run():
            return data.run(thing)
        case Version():
            return data.version(thing)
        case Report():
            return data.report(thing)
        case Collection():
            return data.collection(thing)
