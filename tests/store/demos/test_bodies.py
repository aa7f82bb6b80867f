"""What programs send to a predict service, as rows."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vitrina.store.signature import infer

FRAME = infer(
    pd.DataFrame({"age": [30, 40], "plan": ["month", "year"], "is_new": [True, False]}),
    predict=lambda rows: np.zeros(len(rows)),
)
ARRAY = infer(np.zeros((2, 3)), predict=lambda rows: np.zeros(len(rows)))
ROW = {"age": 61, "plan": "month", "is_new": True}


@pytest.fixture
def rows(templates, form):
    def read(body: Any, content_type: str = "application/json", *, signature: Any = FRAME) -> Any:
        given = body if isinstance(body, bytes) else json.dumps(body).encode()
        return templates("bodies").rows(given, content_type, form(signature))

    return read


@pytest.mark.parametrize(
    "body",
    [
        {"inputs": ROW},
        {"inputs": [ROW]},
        {"inputs": {name: [value] for name, value in ROW.items()}},
        {"instances": [ROW], "params": {}},
        {"dataframe_records": [ROW]},
        {"dataframe_split": {"columns": list(ROW), "index": [0], "data": [list(ROW.values())]}},
        [ROW],
    ],
    ids=["one row", "rows", "columns", "instances", "records", "split", "bare"],
)
def test_every_way_to_write_a_row_is_the_same_row(rows, body: Any) -> None:
    assert rows(body) == [ROW]


def test_csv_is_read_by_the_kinds_of_its_columns(rows) -> None:
    text = "plan,age,is_new\r\nmonth,61,true\r\n\r\nyear,,0\r\n".encode("utf-8-sig")
    assert rows(text, "text/csv; charset=utf-8") == [
        {"plan": "month", "age": 61, "is_new": True},
        {"plan": "year", "age": None, "is_new": False},
    ]


def test_arrays_come_as_lists_by_name_and_as_csv(rows) -> None:
    for body in (
        {"inputs": [[1, 2, 3]]},
        {"inputs": {"input": [[1, 2, 3]]}},
        {"dataframe_split": {"data": [[1, 2, 3]]}},
    ):
        assert rows(body, signature=ARRAY) == [[1, 2, 3]]
    assert rows(b"a,b,c\n1,2,x\n", "text/csv", signature=ARRAY) == [[1.0, 2.0, "x"]]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "message"),
    [
        (b"", "application/json", 400, "no JSON"),
        (b"\xff\xfe{", "application/json", 400, "no JSON"),
        (b'{"inputs": NaN}', "application/json", 400, "JSON has no NaN; write null"),
        (b'{"inputs": [-Infinity]}', "application/json", 400, "JSON has no -Infinity"),
        (b"[" * 100_000, "application/json", 400, "nested too deeply"),
        (b"[" + b"9" * 5000 + b"]", "application/json", 400, "no JSON"),
        (b"{}", "application/json", 400, "names no rows"),
        (b'"row"', "application/json", 400, "names no rows"),
        (b'{"inputs": [], "instances": []}', "application/json", 400, "names them twice"),
        (b'{"inputs": [], "params": {"a": 1}}', "application/json", 400, "'params', which this service does not know"),
        (b'{"inputs": {"age": [1], "plan": []}}', "application/json", 400, "different lengths"),
        (b'{"dataframe_split": []}', "application/json", 400, "an object with columns and data"),
        (b'{"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}}', "application/json", 400, "row 0"),
        (b'{"dataframe_split": {"columns": ["a", "a"], "data": []}}', "application/json", 400, "each once"),
        (b'{"dataframe_records": {}}', "application/json", 400, "no list of rows"),
        (b"", "text/csv", 400, "is empty"),
        (b"a,b\n1\n", "text/csv", 400, "Row 0 of the CSV"),
        (b'a\n"x', "text/csv", 400, "no CSV"),
        (b"\xff", "text/csv", 400, "no CSV"),
        (b"a=1", "application/x-www-form-urlencoded", 415, "send application/json or text/csv"),
    ],
)
def test_what_cannot_be_read_says_why(rows, templates, body, content_type, status, message) -> None:
    with pytest.raises(templates("bodies").BodyError, match=message) as refused:
        rows(body, content_type)
    assert refused.value.status == status
