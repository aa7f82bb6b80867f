"""What changed, and which metric stands for a model."""

from __future__ import annotations

import math

import pytest

from vitrina.hub.format import Precision
from vitrina.hub.pages.figures import Measured, compare, summary
from vitrina.hub.pages.verdict import Change, change, headline, measure
from vitrina.store.measures import Better


@pytest.mark.parametrize(
    ("now", "before", "direction", "expected"),
    [
        (0.913, 0.897, Better.HIGHER, Change("+0.016", "up", "better")),
        (0.287, 0.309, Better.LOWER, Change("−0.022", "up", "better")),
        (0.842, 0.848, Better.HIGHER, Change("−0.006", "down", "worse")),
        (4.1, 3.1, Better.LOWER, Change("+1.000", "down", "worse")),
        (0.5, 0.5, Better.HIGHER, Change("0", "", "same")),
        (0.50001, 0.5, Better.HIGHER, Change("0", "", "same")),
        (7.0, 5.0, Better.UNKNOWN, Change("+2.000")),
        (None, 0.5, Better.HIGHER, None),
        (0.5, None, Better.HIGHER, None),
        (math.nan, 0.5, Better.HIGHER, None),
        (math.inf, 0.5, Better.HIGHER, None),
    ],
)
def test_a_change_is_judged_by_its_direction(
    now: float | None, before: float | None, direction: Better, expected: Change | None
) -> None:
    assert change(now, before, direction=direction, precision=Precision(3)) == expected


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["loss", "accuracy"], "accuracy"),
        (["train/auc", "val/loss"], "val/loss"),
        (["train/auc", "auc"], "auc"),
        (["test_auc", "val_loss", "auc"], "test_auc"),
        (["zeta", "alpha"], "alpha"),
        ([], None),
    ],
)
def test_one_metric_stands_for_a_model(names: list[str], chosen: str | None) -> None:
    assert headline(names) == chosen


@pytest.mark.parametrize(
    ("name", "common"),
    [
        ("train/loss", "loss"),
        ("val_loss", "loss"),
        ("test.auc", "auc"),
        ("loss", "loss"),
        ("trainable_params", "trainable_params"),
        ("val", "val"),
        ("eval/top-1/acc", "top-1/acc"),
    ],
)
def test_metrics_of_one_measure_are_drawn_together(name: str, common: str) -> None:
    assert measure(name) == common


def test_versions_are_compared_with_the_answer_first() -> None:
    columns = [
        Measured("1.3.0", "this", {"auc": 0.913, "log_loss": 0.287, "rows": 100}),
        Measured("1.1.0", "production", {"auc": 0.897, "log_loss": 0.309}),
    ]
    rows = compare(columns)
    assert [row.name for row in rows] == ["auc", "log_loss", "rows"]
    assert [row.note for row in rows] == ["", "lower is better", ""]
    assert [[figure.is_best for figure in row.figures] for row in rows] == [
        [True, False],
        [True, False],
        [False, False],
    ]
    assert [str(figure.shown) for figure in rows[0].figures] == ["0.913", "0.897"]
    assert rows[2].changes == (None,)
    assert summary(rows) == "Better in 2 of 2 metrics, worse in 0."
    assert summary(compare(columns[:1])) == ""
