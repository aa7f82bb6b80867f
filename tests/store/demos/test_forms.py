"""Forms: what a signature, its example and the datasets of the run say of each input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from vitrina.store.demos.forms import form_of
from vitrina.store.profile import profile
from vitrina.store.signature import infer


def only_field(example: Any, *, columns: Any = ()) -> dict[str, Any]:
    signature = infer(example, predict=lambda rows: np.zeros(len(rows)))
    [field] = form_of(signature, title="", columns=columns)["fields"]
    return field


def columns_of(**columns: Any) -> Any:
    return profile(pd.DataFrame(columns))["columns"]


def test_a_number_slides_between_the_ends_of_the_dataset() -> None:
    field = only_field(pd.DataFrame({"age": [30.5, 40.0]}), columns=columns_of(age=[18.13, 77.6, 30.5]))
    assert field == {
        "name": "age",
        "kind": "number",
        "type": "float64",
        "low": 18.1,
        "high": 77.6,
        "step": 0.1,
        "start": 30.5,
    }


def test_a_whole_number_slides_by_whole_steps() -> None:
    field = only_field(pd.DataFrame({"floor": [2]}), columns=columns_of(floor=[0, 3, 41]))
    assert (field["low"], field["high"], field["step"], field["start"]) == (0, 41, 1, 2)


@pytest.mark.parametrize("values", [[3.0, 3.0], [-1e308, 1.7e308], [float("nan"), 1.0]])
def test_a_number_without_ends_is_typed_in(values: list[float]) -> None:
    assert "low" not in only_field(pd.DataFrame({"age": [3.0]}), columns=columns_of(age=values))


def test_five_rows_do_not_bound_a_number() -> None:
    field = only_field(pd.DataFrame({"age": [30, 40]}))
    assert field == {"name": "age", "kind": "number", "type": "int64", "start": 30}


def test_a_category_is_closed_and_its_values_may_be_numbers() -> None:
    days = pd.Categorical(["Sun"], categories=["Thu", "Sun"])
    assert only_field(pd.DataFrame({"day": days})) == {
        "name": "day",
        "kind": "choice",
        "type": "category",
        "choices": ["Thu", "Sun"],
        "start": "Sun",
    }
    floors = only_field(pd.DataFrame({"floor": pd.Categorical([2], categories=[0, 2])}))
    assert (floors["kind"], floors["choices"], floors["start"]) == ("choice", [0, 2], 2)


def test_words_come_from_the_dataset_and_others_may_come_too() -> None:
    field = only_field(pd.DataFrame({"city": ["Rome"]}), columns=columns_of(city=["Rome", "Oslo", "Rome"]))
    assert (field["kind"], field["choices"], field["open"]) == ("choice", ["Oslo", "Rome"], True)


def test_a_text_of_many_values_or_of_sentences_is_written() -> None:
    many = columns_of(city=[f"city {number}" for number in range(30)])
    assert only_field(pd.DataFrame({"city": ["city 1"]}), columns=many)["kind"] == "text"
    assert (
        only_field(pd.DataFrame({"review": ["It was a very long evening, and nobody came to us."]}))["kind"] == "text"
    )
    assert only_field(["good", "bad"]) == {"name": "input", "kind": "text", "type": "string", "start": "good"}


@pytest.mark.parametrize(
    ("shape", "channels", "side"),
    [((28, 28), "none", None), ((32, 24, 3), "last", None), ((1, 16, 16), "first", None), ((784,), "none", 28)],
)
def test_an_array_of_points_is_an_image(shape: tuple[int, ...], channels: str, side: int | None) -> None:
    example = np.zeros((2, *shape))
    example[0].flat[3] = 1.0
    field = only_field(example)
    assert (field["kind"], field["channels"], field.get("side"), field["white"]) == ("image", channels, side, 1)


@pytest.mark.parametrize("example", [np.full((2, 12), 3.5), np.full((2, 4, 6), -0.5), np.full((2, 100), 7.25)])
def test_other_arrays_are_tables(example: np.ndarray) -> None:
    assert only_field(example)["kind"] == "table"


def test_large_arrays_and_those_of_any_length_are_typed_as_json() -> None:
    assert only_field(np.full((1, 60, 60), -1.0))["kind"] == "array"


@pytest.mark.parametrize(("most", "white"), [(255, 255), (200, 255), (1, 1), (0.5, 1), (16, 16)])
def test_white_is_the_largest_value_that_points_have(most: float, white: float) -> None:
    example = np.zeros((1, 8, 8))
    example[0, 0, 0] = most
    assert only_field(example)["white"] == white


def test_a_missing_value_in_the_dataset_may_be_missing_in_the_form() -> None:
    field = only_field(pd.DataFrame({"age": [30.0]}), columns=columns_of(age=[30.0, None, 50.0]))
    assert field["nullable"] is True


def test_an_earlier_signature_without_examples_gives_a_form_too() -> None:
    signature = {
        "form": "frame",
        "inputs": [{"name": "age", "type": "int64", "kind": "number", "min": 20, "max": 60}],
        "outputs": [{"name": "output", "type": "float64", "kind": "number", "shape": [-1]}],
    }
    form = form_of(signature, title="Old", columns=columns_of(age=[18, 80]))
    assert form["examples"] == []
    assert form["fields"][0]["start"] == 49
