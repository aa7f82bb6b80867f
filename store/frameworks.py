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


COMMAND_FILE = "vitrina.command"
"""An app that is any program: the file that holds its command line."""


@dataclass(frozen=True, slots=True)
class Signs:
    """How an app of a framework is known by its source.

    `packages` are the imports that hint at it. Where a file imports several frameworks, the one is meant whose
    `functions` (full names; a last part of `*` stands for any) or `methods` are called. A framework that `is_general`
    is only meant where no other one is, since others build on it (a Dash app has its Flask); but where one of `hosts`
    is called, an app of another framework was put into one of it, and that one is served. `files` are the names, or
    endings of names, of files that are apps of it without being Python.
    """

    packages: frozenset[str] = field(default_factory=frozenset[str])
    functions: frozenset[str] = field(default_factory=frozenset[str])
    methods: frozenset[str] = field(default_factory=frozenset[str])
    is_general: bool = False
    hosts: frozenset[str] = field(default_factory=frozenset[str])
    files: tuple[str, ...] = ()


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
        "shiny": Signs(
            packages=frozenset({"shiny"}),
            functions=frozenset({"shiny.App", "shiny.app.App", "shiny.express.*", "shiny.express.ui.*"}),
        ),
        "marimo": Signs(packages=frozenset({"marimo"}), functions=frozenset({"marimo.App"})),
        "asgi": Signs(
            packages=frozenset({"fastapi", "starlette", "quart", "litestar", "blacksheep"}),
            functions=frozenset(
                {
                    *("fastapi.FastAPI", "starlette.applications.Starlette", "quart.Quart", "litestar.Litestar"),
                    *("blacksheep.Application", "falcon.asgi.App", "django.core.asgi.get_asgi_application"),
                }
            ),
            is_general=True,
            hosts=frozenset(
                {
                    *("gradio.mount_gradio_app", "gradio.routes.mount_gradio_app", "marimo.create_asgi_app"),
                    *("panel.io.fastapi.add_application", "panel.io.fastapi.add_applications"),
                    *("nicegui.ui.run_with", "chainlit.utils.mount_chainlit"),
                }
            ),
        ),
        "wsgi": Signs(
            packages=frozenset({"flask", "bottle", "falcon", "pyramid", "django", "cherrypy"}),
            functions=frozenset(
                {
                    *("flask.Flask", "bottle.Bottle", "bottle.run", "falcon.App", "pyramid.config.Configurator"),
                    *("django.core.wsgi.get_wsgi_application",),
                }
            ),
            is_general=True,
        ),
        "static": Signs(files=(".html", ".htm")),
        "command": Signs(files=(COMMAND_FILE,)),
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
    if by_name := [name for name in SIGNS if path.name.endswith(SIGNS[name].files)]:
        return by_name[0]
    seen = [sources.read(path)]
    if not (hinted := _hinted(seen)):
        seen = list(sources.local(path).values())
        hinted = _hinted(seen)
    if hosting := [name for name, known in SIGNS.items() if any(known.hosts & source.functions for source in seen)]:
        return hosting[0]
    if special := [name for name in hinted if not signs(name).is_general]:
        hinted = special
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


def is_python(path: Path) -> bool:
    """Whether an app's file is Python, and not one of those that are known by their names."""
    return not any(path.name.endswith(known.files) for known in SIGNS.values() if known.files)


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
