"""The description of a predict service: valid, and true of the rows that it takes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from vitrina.store.signature import infer

FRAME = pd.DataFrame(
    {
        "age": [30, 40],
        "bill": [18.25, None],
        "day": pd.Categorical(["Sat", "Sun"]),
        "city": ["Rome", "Oslo"],
        "is_new": [True, False],
        "since": pd.to_datetime(["2026-01-01", "2026-02-01"]),
    }
)


@pytest.fixture
def described(templates, form):
    def describe(example, answer=lambda rows: np.zeros(len(rows))):
        read = form(infer(example, predict=answer))
        return templates("openapi").describe(read, ref="a/b/models/c@1.0.0", version="1.0.0", most_rows=10)

    return describe


@pytest.mark.parametrize(
    "example",
    [FRAME, np.zeros((2, 3)), np.zeros((2, 9, 9, 3)), np.full((1, 60, 60), -1.0), ["good", "bad"]],
    ids=["frame", "table", "image", "array", "text"],
)
def test_it_is_valid_openapi(described, example) -> None:
    OpenAPIV31SpecValidator(described(example)).validate()


def test_several_answers_are_described_by_name(described) -> None:
    document = described(FRAME, answer=lambda rows: pd.DataFrame({"low": [0.0] * len(rows), "class": "a"}))
    OpenAPIV31SpecValidator(document).validate()
    items = document["components"]["schemas"]["Predictions"]["properties"]["predictions"]["items"]
    assert list(items["properties"]) == ["low", "class"]


def test_its_row_takes_the_example_and_refuses_what_the_service_refuses(described) -> None:
    row = described(FRAME)["components"]["schemas"]["Row"]
    example = row["examples"][0]
    held = Draft202012Validator(row)
    assert held.is_valid(example)
    for wrong in ({"age": 1.5}, {"day": "Mon"}, {"city": 3}, {"is_new": 1}, {"unknown": 1}):
        assert not held.is_valid(example | wrong)
