"""Our own files and the drawing libraries: kept for ever under a digest, compressed, taken out of packages once."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from vitrina.hub.pages.assets import FOLDER, Assets, Library
from vitrina.store.charts import theme
from vitrina.store.errors import NotFoundError


def test_an_address_names_the_content_and_may_be_kept(get: Any) -> None:
    address = re.search(r'"(/-/static/\w+/look\.css)"', get("/").text)
    assert address is not None
    answer = get(address[1])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == (FOLDER / "look.css").read_text()


def test_a_bare_or_outdated_address_is_asked_for_anew(get: Any) -> None:
    for path in ("/-/static/look.css", "/-/static/000000000000/look.css"):
        answer = get(path)
        assert answer.headers["cache-control"] == "no-cache"
        assert get(path, headers={"if-none-match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("name", ["nothing.js", "..%2Frender.py", "look.css.map"])
def test_nothing_else_is_served(get: Any, name: str) -> None:
    assert get(f"/-/static/{name}").status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize(("name", "word"), [("vega.js", "vegaEmbed"), ("plotly.js", "Plotly"), ("bokeh.js", "Bokeh")])
def test_libraries_come_out_of_the_installed_packages(get: Any, name: str, word: str) -> None:
    answer = get(f"/-/static/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert word in answer.text


def test_a_library_is_made_once_and_kept_compressed(tmp_path: Path) -> None:
    made: list[str] = []

    def make() -> bytes:
        made.append("made")
        return b"draw();"

    libraries = {"tool.js": Library("plotly", make)}
    assert Assets(tmp_path, libraries).get("tool.js").body == b"draw();"
    assert Assets(tmp_path, libraries).get("tool.js").body == b"draw();"
    assert made == ["made"]
    (kept,) = tmp_path.iterdir()
    assert gzip.decompress(kept.read_bytes()) == b"draw();"


def test_a_misspelt_name_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        Assets(tmp_path, {}).url("lok.css")


def test_chart_themes_are_those_of_the_store(get: Any) -> None:
    themes = json.loads(get("/-/static/chart-themes.json").text)
    assert set(themes) == {"light", "dark"}
    assert themes["light"]["range"]["category"][0] == "#0b736b"


def test_colours_of_charts_are_those_of_the_style_sheet() -> None:
    light, system, chosen = re.findall(r":root[^{]*\{\s*color-scheme: \w+;[^}]*\}", (FOLDER / "tokens.css").read_text())
    blocks = [(theme.palette("light"), light), (theme.palette("dark"), system), (theme.palette("dark"), chosen)]
    for colours, block in blocks:
        given = dict(re.findall(r"--([\w-]+):\s*(#\w+)", block))
        assert (colours.ink_3, colours.c_grid, colours.worse) == (given["ink-3"], given["c-grid"], given["worse"])
        assert list(colours.category) == [given[f"c{place}"] for place in range(1, 9)]
        assert list(colours.ramp) == [given[f"q{place}"] for place in range(1, 7)]


def test_modules_import_only_what_lies_beside_them() -> None:
    for path in FOLDER.glob("*.js"):
        for address in re.findall(r'(?:from|import)\s*\(?\s*"([^"]+)"', path.read_text()):
            assert address == "./vega.js" or (FOLDER / address.removeprefix("./")).is_file(), f"{path.name}: {address}"
