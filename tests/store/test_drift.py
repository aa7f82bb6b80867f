"""Drift by profiles is near what SciPy says of the values themselves, and finds what changed most."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from vitrina.store.drift import Change, drift
from vitrina.store.profile import profile

MADE = np.random.default_rng(5)
BEFORE = MADE.normal(0, 1, 4000)


def moved(before: Any, after: Any) -> Any:
    [found] = drift(profile(pd.DataFrame({"a": before})), profile(pd.DataFrame({"a": after})))
    return found


@pytest.mark.parametrize(
    "after",
    [MADE.normal(0, 1, 4000), MADE.normal(0.3, 1, 3000), MADE.normal(0, 2, 4000), MADE.exponential(1, 4000)],
    ids=["the same", "shifted", "wider", "another shape"],
)
def test_ks_is_near_that_of_all_values(after: Any) -> None:
    assert moved(BEFORE, after).ks == pytest.approx(ks_2samp(BEFORE, after).statistic, abs=0.025)


@pytest.mark.parametrize("after", [BEFORE[::2], BEFORE * 1.5, BEFORE + 1], ids=["half of it", "wider", "shifted"])
def test_psi_is_near_that_of_all_values(after: Any) -> None:
    edges = np.quantile(BEFORE, np.linspace(0, 1, 11))[1:-1]
    one, other = (np.bincount(np.searchsorted(edges, each), minlength=10) / len(each) for each in (BEFORE, after))
    expected = float(np.sum((other - one) * np.log(np.maximum(other, 1e-4) / np.maximum(one, 1e-4))))
    assert moved(BEFORE, after).psi == pytest.approx(expected, abs=0.03, rel=0.1)


def test_words_are_compared_by_their_shares() -> None:
    found = moved(["a"] * 50 + ["b"] * 50, ["a"] * 80 + ["c"] * 20)
    expected = 0.3 * math.log(0.8 / 0.5) + (1e-4 - 0.5) * math.log(1e-4 / 0.5) + (0.2 - 1e-4) * math.log(0.2 / 1e-4)
    assert (found.psi, found.ks) == (pytest.approx(expected, abs=1e-3), None)
    assert moved(["a", "b"], ["b", "a"]).psi == 0


def test_times_have_a_course_too() -> None:
    early, late = (pd.date_range(start, periods=100) for start in ("2026-01-01", "2026-03-01"))
    assert moved(early, early).psi == pytest.approx(0, abs=0.01)
    assert moved(early, late).ks == pytest.approx(0.59, abs=0.05)


def test_what_is_missing_counts() -> None:
    found = moved(["a"] * 100, ["a"] * 50 + [None] * 50)
    assert found.missing == (0.0, 0.5)
    assert found.psi > 0.25
    assert found.is_much


def test_what_changed_most_comes_first() -> None:
    before = profile(pd.DataFrame({"same": range(100), "far": range(100), "gone": range(100), "type": range(100)}))
    far = pd.DataFrame({"same": range(100), "far": range(500, 600), "type": [str(one) for one in range(100)], "new": 1})
    found = drift(before, profile(far))
    assert {one.name: one.change for one in found[:3]} == {
        "gone": Change.REMOVED,
        "type": Change.RETYPED,
        "new": Change.ADDED,
    }
    assert [one.name for one in found[3:]] == ["far", "same"]
    assert (found[3].ks, found[4].ks, found[4].psi) == (1.0, 0.0, 0.0)
    json.dumps([one.as_dict() for one in found], allow_nan=False)


@pytest.mark.parametrize("odd", [None, 7, "text", [], {}, [1, None], {"a": 1}, math.nan, True, -1, ["2026", 1]])
def test_a_profile_that_no_client_of_ours_wrote_breaks_nothing(odd: Any) -> None:
    names = ("type", "kind", "count", "nulls", "nan", "sketch", "histogram", "top", "distinct")
    column = {"name": "x", **dict.fromkeys(names, odd)}
    ours = profile(pd.DataFrame({"x": [1, 2, 3]}))
    for foreign in ({"columns": [column]}, {"columns": odd}, {}):
        drift(foreign, ours)
        drift(ours, foreign)
        drift(foreign, foreign)
