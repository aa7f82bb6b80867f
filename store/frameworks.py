"""The app frameworks that are known, and how an app's source shows which one it is written in.

The adapters that serve them are the room `apps`' own; here stands only what telling them apart needs, so that whoever
logs an app needs none of them. A new built-in framework is a line in `SIGNS` and an adapter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import MappingProxyType

from vitrina.store import sources
from vitrina.store.errors import InvalidError
from vitrina.store.sources import Source

ENTRY_POINTS = "vitrina.frameworks"
"""The group in which other packages name their `Framework` classes (made without arguments)."""


@dataclass(frozen=True, slots=True)
class Signs:
    """How an app of a framework is known by its source.

    `packages` are the imports that hint at it. Where a file imports several frameworks, the one is meant whose
    `functions` (full names; a last part of `*` stands for any) or `methods` are called.
    """

    packages: frozenset[str]
    functions: frozenset[str] = field(default_factory=frozenset[str])
    methods: frozenset[str] = field(default_factory=frozenset[str])


SIGNS: Mapping[str, Signs] = MappingProxyType(
    {
        "streamlit": Signs(
            packages=frozenset({"streamlit"}),
            functions=frozenset({"streamlit.*", "streamlit.sidebar.*"}),
        ),
        "gradio": Signs(
            packages=frozenset({"gradio"}),
            functions=frozenset(
                {"gradio.Interface", "gradio.Blocks", "gradio.ChatInterface", "gradio.TabbedInterface"}
            ),
            methods=frozenset({"launch"}),
        ),
        "dash": Signs(
            packages=frozenset({"dash", "dash_extensions", "dash_bootstrap_components", "dash_mantine_components"}),
            functions=frozenset({"dash.Dash", "dash_extensions.enrich.DashProxy"}),
        ),
        "panel": Signs(
            packages=frozenset({"panel", "panel_material_ui"}),
            functions=frozenset({"panel.serve", "panel.io.serve", "panel.io.server.serve"}),
            methods=frozenset({"servable"}),
        ),
    }
)
"""The built-in frameworks, in the order in which they are named to people."""


class UnknownFrameworkError(InvalidError):
    """There is no app framework of this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is no app framework {name!r}.", hint=f"Known are: {', '.join(names())}.")


class DetectionError(InvalidError):
    """It cannot be told from the source in which framework an app is written."""


def names() -> list[str]:
    """The names of all frameworks, built-in ones first."""
    others = {point.name for point in entry_points(group=ENTRY_POINTS)} - set(SIGNS)
    return [*SIGNS, *sorted(others)]


def known(name: str) -> str:
    """The name itself, if a framework has it. Raises UnknownFrameworkError."""
    if name not in names():
        raise UnknownFrameworkError(name)
    return name


def signs(name: str) -> Signs:
    """How apps of the framework are known; that of another package is asked itself. Raises UnknownFrameworkError."""
    if name in SIGNS:
        return SIGNS[name]
    for point in entry_points(group=ENTRY_POINTS, name=name):
        others: Signs = point.load()().signs
        return others
    raise UnknownFrameworkError(name)


def detect(folder: Path, entry: str) -> str:
    """The name of the framework of the app whose file is `folder / entry`.

    First the entry alone is looked at, then also the modules beside it that it imports. Of several frameworks, the one
    is meant whose serving calls are used. Raises DetectionError (none, or several) and SourceError.
    """
    path = folder / entry
    seen = [sources.read(path)]
    if not (hinted := _hinted(seen)):
        seen = list(sources.local(path).values())
        hinted = _hinted(seen)
    match hinted:
        case []:
            raise DetectionError(
                f"{entry} imports no app framework that Vitrina serves ({', '.join(names())}).",
                hint="If it is one of these all the same, say which: framework=NAME in code, --framework NAME.",
            )
        case [name]:
            return name
        case _:
            return _the_served(entry, hinted, seen)


def _hinted(seen: list[Source]) -> list[str]:
    packages = frozenset[str]().union(*(source.packages for source in seen))
    return [name for name in names() if signs(name).packages & packages]


def _the_served(entry: str, hinted: list[str], seen: list[Source]) -> str:
    served = [name for name in hinted if any(_serves(source, signs(name)) for source in seen)]
    if len(served) == 1:
        return served[0]
    raise DetectionError(
        f"{entry} imports several app frameworks ({', '.join(hinted)}), and serves {', '.join(served) or 'none'}.",
        hint="Say which one it is: framework=NAME in code, --framework NAME.",
    )


def _serves(source: Source, looked_for: Signs) -> bool:
    wide = {f"{name.rpartition('.')[0]}.*" for name in source.functions}
    return bool(looked_for.methods & source.methods or looked_for.functions & (source.functions | wide))
