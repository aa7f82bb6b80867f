from __future__ import annotations

import math

import pytest

from vitrina.reports.values import full, written


@pytest.mark.parametrize(
    ("value", "text", "shown"),
    [
        (0.91349, "0.913", "0.913"),
        (0.91349, "0.9", "0.9"),
        (0.91349, "91 %", "91\u202f%"),
        (0.91349, "91.3%", "91.3\u202f%"),
        (0.91349, "about 0.91, we think", "about 0.91, we think"),
        (0.92, "about 0.91, we think", "about 0.92, we think"),
        (-0.5, "0.1", "\u22120.5"),
        (1284.0, "1 200", "1\u202f284"),
        (1284.0, "1", "1\u202f284"),
        (0.91349, "the area", "0.913"),
        (0.91349, "from 0.8 to 0.9", "0.913"),
        (0.91349, "", "0.913"),
        (0.00002, "1e-5", "2.0 × 10⁻⁵"),
        (math.nan, "0.9", "NaN"),
        (math.inf, "0.9", "∞"),
        ("rf", "the kind", "rf"),
        ("rf", "2", "rf"),
        (True, "1", "true"),
        (None, "0.9", "–"),
    ],
)
def test_a_value_is_written_as_the_author_wrote_one(value: object, text: str, shown: str) -> None:
    assert written(value, text) == shown


def test_every_digit_is_kept_for_who_asks() -> None:
    assert full(0.1 + 0.2) == "0.30000000000000004"
    assert full(7) == "7"
    assert full(None) == "–"
