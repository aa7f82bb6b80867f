"""Which framework an app is written in, told from its source."""

from __future__ import annotations

from pathlib import Path

from vitrina.apps import sources
from vitrina.apps.errors import AppError
from vitrina.apps.frameworks import registry
from vitrina.apps.frameworks.framework import Signs
from vitrina.apps.sources import Source


class DetectionError(AppError):
    """It cannot be told from the source in which framework an app is written."""


def detect(folder: Path, entry: str) -> str:
    """The name of the framework of the app whose file is `folder / entry`.

    First the entry alone is looked at, then also the modules beside it that it imports. Of several frameworks, the one
    is meant whose serving calls are used. Raises DetectionError (none, or several) and SourceError.
    """
    path = folder / entry
    seen = [sources.read(path)]
    if not (hinted := _hinted(seen)):
        seen = [sources.read(local) for local in sources.local_files(path)]
        hinted = _hinted(seen)
    match hinted:
        case []:
            raise DetectionError(
                f"{entry} imports no app framework that Vitrina serves ({', '.join(registry.names())}).",
                hint="If it is one of these all the same, say which: --framework NAME",
            )
        case [name]:
            return name
        case _:
            return _the_served(entry, hinted, seen)


def _hinted(seen: list[Source]) -> list[str]:
    packages = frozenset[str]().union(*(source.packages for source in seen))
    return [name for name in registry.names() if registry.load(name).signs.packages & packages]


def _the_served(entry: str, hinted: list[str], seen: list[Source]) -> str:
    served = [name for name in hinted if any(_serves(source, registry.load(name).signs) for source in seen)]
    if len(served) == 1:
        return served[0]
    raise DetectionError(
        f"{entry} imports several app frameworks ({', '.join(hinted)}), and serves {', '.join(served) or 'none'}.",
        hint="Say which one it is: --framework NAME",
    )


def _serves(source: Source, signs: Signs) -> bool:
    wide = {f"{name.rpartition('.')[0]}.*" for name in source.functions}
    return bool(signs.methods & source.methods or signs.functions & (source.functions | wide))
