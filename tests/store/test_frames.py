"""Tables of every kind become one."""

from __future__ import annotations

import pandas as pd

from vitrina.store.frames import arrow


def test_row_numbers_that_a_split_left_are_no_column() -> None:
    frame = pd.DataFrame({"age": [30, 40, 50]}).loc[[2, 0]]
    assert arrow(frame).column_names == ["age"]


def test_an_index_with_a_name_is_a_column() -> None:
    frame = pd.DataFrame({"age": [30, 40]}, index=pd.Index(["a", "b"], name="customer"))
    assert set(arrow(frame).column_names) == {"age", "customer"}
