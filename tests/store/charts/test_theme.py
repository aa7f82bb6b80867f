"""The theme: the values of the pages' style sheet, sizes, and what print leaves out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from vitrina import hub
from vitrina.store import charts
from vitrina.store.charts import Series
from vitrina.store.charts.theme import PRINT_HEIGHT, PRINT_WIDTH

UNIT = {"mark": "bar", "data": {"values": [{"a": 1}]}, "encoding": {"x": {"field": "a"}}}
TOKENS = Path(hub.__file__).parent / "static" / "tokens.css"


def tokens(block: str) -> dict[str, str]:
    """The custom properties of the first block of the style sheet that follows a selector."""
    text = TOKENS.read_text()
    body = text[text.index(block) :]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,8})", body[: body.index("}")]))


@pytest.mark.parametrize(("theme", "block"), [("light", ":root {"), ("dark", ':root[data-theme="dark"]')])
def test_the_colours_are_those_of_the_pages(theme: Any, block: str) -> None:
    css, found = tokens(block), charts.palette(theme)
    assert found.category == tuple(css[f"c{place}"] for place in range(1, 9))
    assert found.ramp == tuple(css[f"q{place}"] for place in range(1, 7))
    named = ("paper", "well", "ink", "ink_2", "ink_3", "worse", "better", "c_rest", "c_grid", "c_axis")
    assert {name: getattr(found, name) for name in named} == {name: css[name.replace("_", "-")] for name in named}


def test_paper_has_white_ground_and_black_ink() -> None:
    assert (charts.palette("print").paper, charts.palette("print").ink) == ("#ffffff", "#000000")
    assert charts.config("print")["background"] == "#ffffff"
    assert charts.config("light")["background"] is None


def test_an_authors_config_stands_over_ours() -> None:
    spec = {**UNIT, "config": {"axis": {"labelColor": "crimson"}, "background": "ivory"}}
    config = charts.apply(spec, "light")["config"]
    assert config["axis"]["labelColor"] == "crimson"
    assert config["axis"]["titleFontWeight"] == "normal"
    assert config["background"] == "ivory"


def test_the_given_spec_is_not_changed() -> None:
    before = repr(UNIT)
    charts.apply(UNIT, "dark", width=300)["config"]["axis"]["labelColor"] = "changed"
    assert repr(UNIT) == before
    assert charts.config("dark")["axis"]["labelColor"] != "changed"


@pytest.mark.parametrize(
    ("own", "theme", "width", "expected"),
    [
        ({}, "light", None, ("container", 240)),
        ({}, "light", 800, (800, 240)),
        ({}, "light", 340, (340, 200)),
        ({}, "print", None, (PRINT_WIDTH, PRINT_HEIGHT)),
        ({"width": 300, "height": 100}, "light", None, (300, 100)),
        ({"width": 900}, "light", 600, (600, 240)),
        ({"width": 300}, "print", None, (300, PRINT_HEIGHT)),
    ],
)
def test_a_chart_has_its_authors_size_or_that_of_its_place(
    own: dict[str, int], theme: Any, width: int | None, expected: tuple[Any, int]
) -> None:
    dressed = charts.apply({**UNIT, **own}, theme, width=width)
    assert (dressed["width"], dressed["height"]) == expected


def test_a_chart_drawn_by_the_step_keeps_its_size() -> None:
    spec = charts.confusion_matrix(["a", "b"], [[1, 2], [3, 4]])
    assert charts.apply(spec, "light", width=900)["width"] == {"step": 72}


def test_several_charts_beside_each_other_are_left_as_they_are() -> None:
    both = {"hconcat": [UNIT, UNIT]}
    assert "width" not in charts.apply(both, "print")


def test_print_leaves_out_what_answers_the_pointer() -> None:
    spec = charts.line([Series("a", [1, 2], [1, 2])])
    assert "hover" in repr(spec)
    assert "hover" not in repr(charts.apply(spec, "print")["layer"])
    assert "hover" in repr(charts.apply(spec, "light")["layer"])


def test_a_chart_in_print_is_as_high_as_print_allows(draw: Any) -> None:
    svg = draw(charts.line([Series("a", [1, 2], [1, 2])], y="loss"), "print", width=None)
    assert float(svg.get("height", 0)) <= PRINT_HEIGHT + 1
    assert float(svg.get("width", 0)) <= PRINT_WIDTH + 1


def test_text_is_never_below_what_can_be_read(draw: Any) -> None:
    for theme, least in (("light", 12), ("print", 10)):
        svg = draw(charts.line([Series("a", [1, 2], [1, 2])], y="loss"), theme)
        sizes = {node.get("font-size") for node in svg.iter() if node.tag.endswith("text")}
        assert {float((size or "0").removesuffix("px")) >= least for size in sizes} == {True}


def test_the_plotly_template_has_the_same_colours() -> None:
    template = charts.plotly_template("dark")
    assert template["layout"]["colorway"] == list(charts.palette("dark").category)
