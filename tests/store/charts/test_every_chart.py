"""What every chart keeps to: it compiles without a warning in every theme, and the same data gives the same spec."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from vitrina.store import charts
from vitrina.store.charts import Bins, Form, Series
from vitrina.store.errors import InvalidError

STEPS = list(range(10))


def series(count: int) -> list[Series]:
    return [Series(f"run.{place}[a]", STEPS, [step * place for step in STEPS]) for place in range(count)]


CHARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "line": lambda: charts.line([Series("", STEPS, [0.1 * step for step in STEPS])], y="loss"),
    "line-three": lambda: charts.line(series(3), y="AUC", smooth=0.6),
    "line-eleven": lambda: charts.line(series(11)),
    "line-log": lambda: charts.line([Series("a", STEPS, [10.0**step for step in STEPS])], y_scale="log"),
    "line-dates": lambda: charts.line([Series("a", [date(2026, 3, 1), date(2026, 3, 2)], [1, 2])], x="day"),
    "line-names": lambda: charts.line([Series("a", ["first", "second"], [1, 2])]),
    "line-gaps": lambda: charts.line([Series("a", STEPS, [1, None, 2, float("nan"), 3, 4, float("inf"), 5, 6, 7])]),
    "line-empty": lambda: charts.line([Series("a", [], [])]),
    "line-point": lambda: charts.line([Series("a", [3], [0.5])]),
    "bar": lambda: charts.bar(["a", "b"], {"": [1, -2]}, y="weight"),
    "bar-groups": lambda: charts.bar(["a", "b"], {"1.0.0": [1, 2], "1.1.0": [2, None]}),
    "bar-lying": lambda: charts.bar(["a long name", "b"], {"": [1, 2]}, lying=True),
    "scatter": lambda: charts.scatter(series(2), x="size", y="weight"),
    "histogram": lambda: charts.histogram([Bins("", [1, 3, 2], [0, 1, 2, 3])]),
    "histograms": lambda: charts.histogram([Bins("a", [1, 3], [0, 1, 2]), Bins("b", [2, 2], [1, 2, 3])]),
    "roc": lambda: charts.curve([Series("1.0.0", [0, 0, 1], [0, 0.8, 1])], form=Form.ROC, scores=[0.91]),
    "roc-five": lambda: charts.curve(
        [Series(str(place), [0, 0, 1], [0, place / 5, 1]) for place in range(5)], form=Form.ROC, scores=[0.5] * 5
    ),
    "pr": lambda: charts.curve([Series("", [0, 1], [1, 0.4])], form=Form.PR, scores=[0.8], baseline=0.3),
    "curve": lambda: charts.curve([Series("a", STEPS, STEPS)], x="depth", y="error"),
    "confusion": lambda: charts.confusion_matrix(["benign", "malignant"], [[84, 6], [3, 1250]]),
    "confusion-ten": lambda: charts.confusion_matrix([str(n) for n in range(10)], np.eye(10).tolist()),
    "heatmap": lambda: charts.heatmap(["a", "b"], ["x"], [[1.0, None]], x="column"),
    "residuals": lambda: charts.residuals([1, 2, 3], [1.5, 2, 2.5], unit="mg"),
    "box": lambda: charts.box({"a": [1, 2, 3, 9], "b": [2, 3, None]}, y="error"),
}


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_it_is_drawn_in_every_theme(name: str, theme: Any, draw: Any) -> None:
    svg = draw(CHARTS[name](), theme)
    assert float(svg.get("width", 0)) <= 610


@pytest.mark.parametrize("name", CHARTS)
def test_its_layers_share_one_pair_of_axes(name: str, draw: Any) -> None:
    classes = [node.get("class") or "" for node in draw(CHARTS[name]()).iter()]
    assert len([value for value in classes if "role-axis-label" in value]) <= 2


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_data_gives_the_same_spec_in_valid_json(name: str) -> None:
    first = json.dumps(CHARTS[name](), allow_nan=False)
    assert first == json.dumps(CHARTS[name](), allow_nan=False)


@pytest.mark.parametrize("name", CHARTS)
def test_it_holds_no_colour_of_its_own(name: str) -> None:
    assert "#" not in json.dumps({**CHARTS[name](), "$schema": ""})


@pytest.mark.parametrize("name", CHARTS)
def test_it_passes_what_is_asked_of_charts_from_outside(name: str) -> None:
    charts.check(CHARTS[name]())


def test_arrays_of_any_library_are_taken() -> None:
    listed = charts.line([Series("a", [0, 1, 2], [0.5, None, 1.5])])
    for array in (np.array([0.5, np.nan, 1.5]), pd.Series([0.5, None, 1.5]), pl.Series([0.5, None, 1.5])):
        assert charts.line([Series("a", [0, 1, 2], array)]) == listed


def test_the_numbers_of_a_chart_are_the_numbers_given(draw: Any, words: Any) -> None:
    texts = words(draw(CHARTS["confusion"]()))
    assert {"84", "6", "3", "1\u202f250", "benign", "malignant"} <= set(texts)


def test_up_to_four_lines_are_named_at_their_ends_with_their_last_values(draw: Any, words: Any) -> None:
    texts = words(draw(charts.line([Series("1.3.0", STEPS, STEPS), Series("1.1.0", STEPS, [0.5] * 10)])))
    assert {"1.3.0 9.00", "1.1.0 0.500"} & set(texts)
    assert not [node for node in draw(CHARTS["line-three"]()).iter() if "role-legend" in (node.get("class") or "")]


def test_more_than_four_lines_have_a_legend(draw: Any, words: Any) -> None:
    svg = draw(charts.line(series(5)))
    assert [node for node in svg.iter() if "role-legend" in (node.get("class") or "")]
    assert "run.4[a]" in words(svg)


def test_a_slot_keeps_its_colour_when_others_go(draw: Any, colours: Any) -> None:
    palette = charts.palette("light").category
    alone = draw(charts.line([Series("b", STEPS, STEPS, slot=4)]), "light")
    assert palette[4] in colours(alone)
    assert palette[0] not in colours(alone)


def test_series_beyond_the_eighth_are_grey(draw: Any, colours: Any) -> None:
    found = colours(draw(CHARTS["line-eleven"](), "light"))
    assert charts.palette("light").c_rest in found
    assert set(charts.palette("light").category) <= found


def test_zero_is_on_the_axis_of_bars_and_not_of_lines() -> None:
    high = charts.line([Series("a", [0, 1], [100, 101])])
    assert high["layer"][0]["encoding"]["y"]["scale"]["domain"][0] > 90
    assert "zero" not in json.dumps(charts.bar(["a"], {"": [100]}))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: charts.line([Series("a", [1], [1]), Series("a", [1], [1])]), "Two series are called 'a'"),
        (lambda: charts.line([Series("a", [1, 2], [1])]), "2 values of x and 1 of y"),
        (lambda: charts.line([Series("a", [1], ["high"])]), "'high' is not a number"),
        (lambda: charts.line(series(1), smooth=1), "from 0 to below 1"),
        (lambda: charts.bar(["a"], {"": [1, 2]}), "2 values for 1 names"),
        (lambda: charts.histogram([Bins("", [1], [1])]), "of 1 counts has 2 edges"),
        (lambda: charts.confusion_matrix(["a"], [[1, 2]]), "1 rows and as many columns"),
    ],
)
def test_data_that_makes_no_chart_is_refused(make: Callable[[], object], message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        make()
