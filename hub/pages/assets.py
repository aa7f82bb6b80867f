"""What pages load: our own style sheets and modules, and the drawing libraries that installed packages carry.

Everything stands under one path that names its content (`/-/static/<digest>/look.css`), so that it may be kept for
ever; the same file under `/-/static/look.css` is asked for anew each time. Relative imports between modules stay inside
one digest. Libraries are taken out of their packages at first use, compressed once, and kept in the hub's cache folder.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import metadata, resources
from pathlib import Path

from vitrina.reports.sheets import PROSE
from vitrina.store.charts import theme
from vitrina.store.errors import NotFoundError

FOLDER = Path(__file__).parent.parent / "static"
PREFIX = "/-/static"

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
DIGEST_DIGITS = 12


@dataclass(frozen=True)
class Library:
    """A script that an installed package carries."""

    package: str
    """The distribution whose version names the copy in the cache."""

    make: Callable[[], bytes]


@dataclass(frozen=True)
class Asset:
    """A file as it is sent."""

    media_type: str
    body: bytes
    gzipped: bytes
    etag: str


class Assets:
    """Finds assets by name. Safe to use from several threads; what was read once stays in memory."""

    def __init__(self, cache: Path, libraries: Mapping[str, Library] | None = None) -> None:
        """`cache` is a folder of the hub's own (made when needed); `libraries` None: those that charts need."""
        self._cache = cache
        self._libraries = LIBRARIES if libraries is None else libraries
        self._own = {path.name: path for path in sorted(FOLDER.iterdir()) if path.suffix in MEDIA_TYPES}
        self._own[PROSE.name] = PROSE
        self._read = lru_cache(maxsize=None)(self._load)

    @cached_property
    def digest(self) -> str:
        """Names all that can be loaded at once: changes with any file of ours and any library's version."""
        seen = hashlib.sha256(json.dumps(_themes()).encode())
        for name, path in self._own.items():
            seen.update(name.encode() + path.read_bytes())
        for name, library in self._libraries.items():
            seen.update(f"{name} {metadata.version(library.package)}".encode())
        return seen.hexdigest()[:DIGEST_DIGITS]

    def url(self, name: str) -> str:
        """The address that may be kept for ever. Raises NotFoundError: a misspelt name shows in the first test."""
        if name not in self._own and name not in self._libraries and name != THEMES:
            raise NotFoundError(f"file {name!r} among the hub's own")
        return f"{PREFIX}/{self.digest}/{name}"

    def get(self, name: str) -> Asset:
        """Raises NotFoundError."""
        return self._read(name)

    def _load(self, name: str) -> Asset:
        if path := self._own.get(name):
            body = path.read_bytes()
            return _asset(name, body, gzip.compress(body, mtime=0))
        if name == THEMES:
            body = json.dumps(_themes()).encode()
            return _asset(name, body, gzip.compress(body, mtime=0))
        if library := self._libraries.get(name):
            kept = self._kept(name, library)
            return _asset(name, gzip.decompress(kept), kept)
        raise NotFoundError(f"file {name!r} among the hub's own")

    def _kept(self, name: str, library: Library) -> bytes:
        """The compressed library from the cache, put there first when it is not."""
        place = self._cache / f"{name}-{metadata.version(library.package)}.gz"
        if place.is_file():
            return place.read_bytes()
        kept = gzip.compress(library.make(), mtime=0)
        _write_whole(place, kept)
        return kept


THEMES = "chart-themes.json"
"""Vega-Lite configurations of the light and the dark theme, from the store's one table of colours."""


def _themes() -> Mapping[str, object]:
    return {"light": theme.config("light"), "dark": theme.config("dark")}


def _asset(name: str, body: bytes, gzipped: bytes) -> Asset:
    etag = f'"{hashlib.sha256(body).hexdigest()[:DIGEST_DIGITS]}"'
    return Asset(MEDIA_TYPES[Path(name).suffix], body, gzipped, etag)


def _write_whole(place: Path, content: bytes) -> None:
    """To a name of its own, then renamed: another hub that starts at the same time never reads half a file."""
    place.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=place.parent)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(name).replace(place)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _vega() -> bytes:
    import vl_convert

    return vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;").encode()


def _plotly() -> bytes:
    return resources.files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()


def _bokeh() -> bytes:
    scripts = resources.files("bokeh").joinpath("server", "static", "js")
    parts = ("bokeh.min.js", "bokeh-gl.min.js", "bokeh-widgets.min.js", "bokeh-tables.min.js")
    return b"\n".join(scripts.joinpath(part).read_bytes() for part in parts)


LIBRARIES: Mapping[str, Library] = {
    "vega.js": Library("vl-convert-python", _vega),
    "plotly.js": Library("plotly", _plotly),
    "bokeh.js": Library("bokeh", _bokeh),
}
