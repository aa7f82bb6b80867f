"""Rows held to a form: what the model is given, and which value of which row does not fit."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vitrina.store.signature import infer

EXAMPLE = pd.DataFrame(
    {
        "age": [30, 40],
        "bill": [18.25, 7.5],
        "day": pd.Categorical(["Sat", "Sun"], categories=["Fri", "Sat", "Sun"]),
        "city": ["Rome", "Oslo"],
        "is_new": [True, False],
        "since": pd.to_datetime(["2026-01-01", "2026-02-01"]),
    }
)
FRAME = infer(EXAMPLE, predict=lambda rows: np.zeros(len(rows)))
GOOD = {"age": 5, "bill": 3, "day": "Fri", "city": "Bonn", "is_new": False, "since": "2026-03-01T08:00:00"}


@pytest.fixture
def check(templates, form):
    def held(rows: list[Any], *, signature: Any = FRAME) -> Any:
        return templates("fields").check(form(signature), rows)

    return held


def test_a_good_row_comes_as_the_model_takes_it(check, templates, form) -> None:
    taken, mistakes = check([GOOD, list(GOOD.values())])
    assert mistakes == []
    assert taken == [GOOD | {"bill": 3.0, "since": datetime(2026, 3, 1, 8)}] * 2
    frame = templates("fields").as_input(form(FRAME), taken)
    assert list(frame.columns) == list(EXAMPLE.columns)
    assert str(frame["day"].dtype) == "category"
    assert frame["since"].dtype.kind == "M"


@pytest.mark.parametrize(
    ("field", "value", "given", "wanted"),
    [
        ("age", 1.5, "1.5", "a whole number"),
        ("age", 2**63, str(2**63), "a whole number"),
        ("age", 10**300, "a number of more digits than it holds", "a whole number"),
        ("age", "5", '"5"', "a whole number"),
        ("age", True, "true", "a whole number"),
        ("bill", math.inf, "Infinity", "a number"),
        ("bill", 10**400, "a number of more digits than it holds", "a number"),
        ("bill", [1], "a list of 1", "a number"),
        ("day", "Mon", '"Mon"', "one of Fri, Sat, Sun"),
        ("day", 1, "1", "one of Fri, Sat, Sun"),
        ("city", 7, "7", "a text, such as Oslo, Rome"),
        ("is_new", "yes", '"yes"', "true or false"),
        ("since", "yesterday", '"yesterday"', "a time such as 2026-11-23T09:30:00"),
        ("city", {"a": 1}, "an object with 1 fields", "a text, such as Oslo, Rome"),
    ],
)
def test_a_wrong_value_names_row_field_and_what_is_wanted(
    check, field: str, value: Any, given: str, wanted: str
) -> None:
    taken, [mistake] = check([GOOD, GOOD | {field: value}])
    assert len(taken) == 1
    assert (mistake.row, mistake.field, mistake.given, mistake.wanted) == (1, field, given, wanted)


def test_missing_and_unknown_fields_are_named(check) -> None:
    row = {name: value for name, value in GOOD.items() if name != "age"} | {"Age": 5}
    _, mistakes = check([row])
    assert [(mistake.field, mistake.given) for mistake in mistakes] == [("Age", "an unknown field"), ("age", "nothing")]


@pytest.mark.parametrize("row", ["row", 7, None, [1, 2]])
def test_what_is_no_row_says_which_fields_one_has(check, row: Any) -> None:
    _, [mistake] = check([row])
    assert mistake.field is None
    assert "age, bill, day, city, is_new, since" in str(mistake)


def test_missing_values_are_the_models_to_judge_and_found_again(check, templates, form) -> None:
    taken, mistakes = check([GOOD | {"bill": None, "city": None}])
    assert mistakes == []
    assert math.isnan(taken[0]["bill"])
    assert [one.field for one in templates("fields").lacking(form(FRAME), taken)] == ["bill", "city"]


def test_arrays_have_their_shape_and_type(check, templates, form) -> None:
    signature = infer(np.zeros((1, 2, 3), "uint8"), predict=lambda rows: np.zeros(len(rows)))
    taken, mistakes = check([[[1, 2, 3], [4, 5, 6]], {"input": [[0, 0, 0], [0, 0, 0]]}], signature=signature)
    assert mistakes == []
    given = templates("fields").as_input(form(signature), taken)
    assert (given.shape, str(given.dtype)) == ((2, 2, 3), "uint8")
    for wrong in ([[1, 2, 3]], [[1, 2], [3, 4]], [[1, 2, 300], [4, 5, 6]], [[1, 2, None], [4, 5, 6]], "image", None):
        assert str(check([wrong], signature=signature)[1][0]).endswith("wanted is numbers of the shape 2 × 3.")


def test_answers_are_plain_and_hold_no_nan(templates) -> None:
    listed = templates("fields").listed
    assert listed(np.array([1.5, np.nan, np.inf])) == [1.5, None, None]
    assert listed(np.array(["yes", "no"])) == ["yes", "no"]
    assert listed(pd.DataFrame({"low": [1], "high": [np.nan]})) == [{"low": 1, "high": None}]
    assert listed(pd.Series([np.float32(0.5)])) == [0.5]


def test_images_come_back_as_the_points_they_were(templates, form) -> None:
    for shape, most in (((8, 8), 16), ((64,), 16), ((3, 9, 9), 1), ((9, 9, 3), 255)):
        example = np.zeros((1, *shape))
        example.flat[::5] = most
        signature = infer(example, predict=lambda rows: np.zeros(len(rows)))
        [field] = form(signature).fields
        widgets = templates("widgets")
        seen = widgets.picture(field, field.start)
        assert seen.dtype == "uint8"
        assert min(seen.shape[:2]) >= 240
        np.testing.assert_allclose(widgets.points(field, seen), example[0], atol=most / 100)
