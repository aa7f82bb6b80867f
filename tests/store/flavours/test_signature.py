"""Signatures: what an example shows, and what data is held to."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.store.signature import SignatureError, arranged, check, infer, learn, typed

FRAME = pd.DataFrame(
    {
        "age": [30, 40],
        "bill": [18.25, None],
        "contract": pd.Categorical(["month", "year"], categories=["month", "year", "two years"]),
        "city": ["Rome", "Oslo"],
        "is_new": [True, False],
    }
)


def answer(rows: Any) -> Any:
    return np.zeros(len(rows))


def test_a_frame_shows_names_types_ranges_and_categories() -> None:
    signature = infer(FRAME, predict=answer)
    assert signature == {
        "form": "frame",
        "inputs": [
            {"name": "age", "type": "int64", "kind": "number", "min": 30, "max": 40},
            {"name": "bill", "type": "float64", "kind": "number", "nullable": True, "min": 18.25, "max": 18.25},
            {"name": "contract", "type": "category", "kind": "text", "categories": ["month", "year", "two years"]},
            {"name": "city", "type": "string", "kind": "text", "values": ["Oslo", "Rome"]},
            {"name": "is_new", "type": "bool", "kind": "bool"},
        ],
        "outputs": [{"name": "output", "type": "float64", "kind": "number", "shape": [-1], "min": 0.0, "max": 0.0}],
        "examples": [
            {"age": 30, "bill": 18.25, "contract": "month", "city": "Rome", "is_new": True},
            {"age": 40, "bill": None, "contract": "year", "city": "Oslo", "is_new": False},
        ],
    }
    assert json.loads(json.dumps(signature, allow_nan=False)) == signature


def test_frames_of_other_libraries_show_the_same_names_and_types() -> None:
    columns = {"a": [1, 2], "b": [0.5, 1.5], "c": ["x", "y"]}
    found = [infer(frame, predict=answer) for frame in (pd.DataFrame(columns), pl.DataFrame(columns), columns)]
    assert found[0] == found[1] == found[2]


def test_an_array_shows_its_type_and_shape() -> None:
    signature = infer(np.zeros((5, 3, 2), np.float32), predict=lambda x: np.array(["cat"] * len(x)))
    assert signature["form"] == "array"
    assert signature["inputs"] == [
        {"name": "input", "type": "float32", "kind": "number", "shape": [-1, 3, 2], "min": 0.0, "max": 0.0}
    ]
    assert signature["outputs"] == [
        {"name": "output", "type": "string", "kind": "text", "shape": [-1], "values": ["cat"]}
    ]


def test_categories_may_be_numbers() -> None:
    frame = pd.DataFrame({"floor": pd.Categorical([2, 0], categories=[0, 1, 2])})
    signature = infer(frame, predict=answer)
    assert signature["inputs"] == [{"name": "floor", "type": "category", "kind": "number", "categories": [0, 1, 2]}]
    with pytest.raises(SignatureError, match=r"does not take 7\. It takes 0, 1, 2\."):
        check(signature, pd.DataFrame({"floor": [7]}))


def test_the_first_rows_come_along() -> None:
    assert infer(np.arange(10).reshape(5, 2), predict=answer)["examples"] == [[0, 1], [2, 3], [4, 5]]
    assert infer(["good", "bad"], predict=answer)["examples"] == ["good", "bad"]


def test_rows_that_are_large_do_not_come_along() -> None:
    signature = infer(np.full((3, 80, 80), 0.123456), predict=answer)
    assert "examples" not in signature
    assert signature["inputs"][0]["shape"] == [-1, 80, 80]


def test_an_answer_of_columns_has_their_names() -> None:
    signature = infer(FRAME, predict=lambda x: pd.DataFrame({"probability": [0.3, 0.4]}))
    assert [field["name"] for field in signature["outputs"]] == ["probability"]


def test_an_example_that_the_model_cannot_answer_is_refused() -> None:
    def fail(_: Any) -> Any:
        raise ValueError("X has 5 features")

    with pytest.raises(SignatureError, match="cannot answer the example: ValueError: X has 5 features"):
        infer(FRAME, predict=fail)


def test_values_that_nothing_can_name_are_refused() -> None:
    with pytest.raises(SignatureError, match="has no type that a signature can name"):
        infer(np.array([object()]), predict=answer)


@given(
    st.lists(
        st.tuples(st.integers(-1000, 1000), st.floats(allow_infinity=False) | st.none(), st.text(max_size=4)),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=40, deadline=None)
def test_an_example_fits_its_own_signature(rows: list[tuple[int, float | None, str]]) -> None:
    frame = [{"a": a, "b": b, "c": c.encode(errors="replace").decode()} for a, b, c in rows]
    signature = infer(frame, predict=answer)
    json.dumps(signature, allow_nan=False)
    check(signature, frame)
    check(signature, frame[::-1])


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        (FRAME.drop(columns="age"), "age", "The field 'age' is missing"),
        (FRAME.assign(iban="x"), "iban", "knows no field 'iban'"),
        (FRAME.assign(age=["a", "b"]), "age", "takes numbers, and text came"),
        (FRAME.assign(age=[1.5, 2]), "age", "takes whole numbers, and 1.5 came"),
        (FRAME.assign(age=[np.inf, 2]), "age", "takes whole numbers, and inf came"),
        (FRAME.assign(contract=["month", "week"]), "contract", "does not take 'week'. It takes month, year, two years"),
        (FRAME.assign(city=[1, 2]), "city", "takes text, and numbers came"),
        (np.zeros((2, 5)), None, "takes named columns"),
    ],
)
def test_data_that_does_not_fit_is_refused_by_the_fields_name(data: Any, field: str | None, message: str) -> None:
    with pytest.raises(SignatureError, match=message) as refused:
        check(infer(FRAME, predict=answer), data)
    assert refused.value.field == field


def test_what_is_no_harm_is_let_through() -> None:
    signature = infer(FRAME, predict=answer)
    check(signature, FRAME[FRAME.columns[::-1]])
    check(signature, FRAME.assign(age=[1.0, 2.0]))
    check(signature, FRAME.assign(city=["Bergen", None]))
    check(signature, FRAME.assign(bill=[None, None]))
    numbers = infer(pd.DataFrame({"a": [0.5], "b": [1.5]}), predict=answer)
    check(numbers, np.array([[1, 2]]))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.zeros((2, 4)), "takes 3 values a row, and 4 values came"),
        (np.zeros(3), "takes 3 values a row, and one value came"),
        (np.array([["a", "b", "c"]]), "takes numbers, and text came"),
        (pd.DataFrame(np.zeros((2, 4))), "takes 3 values a row"),
    ],
)
def test_an_array_of_another_shape_is_refused(data: Any, message: str) -> None:
    with pytest.raises(SignatureError, match=message):
        check(infer(np.zeros((5, 3)), predict=answer), data)


def test_rows_of_numbers_fit_an_array() -> None:
    signature = infer(np.zeros((5, 2)), predict=answer)
    check(signature, [[1, 2], [3, 4]])
    check(signature, pd.DataFrame({"a": [1], "b": [2]}))


def test_kept_examples_come_back_in_the_types_they_were_logged_with() -> None:
    table = pd.DataFrame(
        {
            "age": [1.0, None, 3.0],
            "plan": pd.Categorical(["free", "paid", "free"]),
            "when": pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03"]),
        }
    )
    learned = learn(table, predict=lambda x: np.zeros(len(x)))
    again = typed(learned.signature, learned.signature["examples"])
    assert list(map(str, again.dtypes)) == list(map(str, table.dtypes))
    check(learned.signature, again)
    rows = np.arange(6, dtype="float32").reshape(2, 3)
    array = learn(rows, predict=lambda x: x.sum(axis=1))
    assert array.answers == [3.0, 12.0]
    assert typed(array.signature, array.signature["examples"]).dtype == np.float32
    with pytest.raises(SignatureError, match="The rows are no array of float32"):
        typed(array.signature, [["a", "b", "c"]])


def test_a_frame_is_put_in_the_order_that_the_model_knows() -> None:
    signature = infer(pd.DataFrame({"a": [1], "b": [2]}), predict=lambda x: np.zeros(len(x)))
    mixed = arranged(signature, pd.DataFrame({"c": [0], "b": [2], "a": [1]}))
    assert list(mixed.columns) == ["a", "b", "c"]
    rows = [{"b": 1, "a": 2}]
    assert arranged(signature, rows) is rows


def test_several_arrays_as_an_answer_are_fields_by_name() -> None:
    boxes, scores = np.zeros((2, 4)), np.ones(2)
    learned = learn(np.zeros((2, 3)), predict=lambda _: {"boxes": boxes, "scores": scores})
    assert [(field["name"], field["shape"]) for field in learned.signature["outputs"]] == [
        ("boxes", [-1, 4]),
        ("scores", [-1]),
    ]
    assert learned.answers[0] == {"boxes": [0, 0, 0, 0], "scores": 1}
