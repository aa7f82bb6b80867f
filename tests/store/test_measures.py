"""What the names of metrics tell."""

from __future__ import annotations

import pytest

from vitrina.store.measures import Better, best, better, telling


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("auc", Better.HIGHER),
        ("val/log_loss", Better.LOWER),
        ("loss of accuracy", Better.LOWER),
        ("testRmse", Better.LOWER),
        ("AUC, test set", Better.HIGHER),
        ("cv_auc_spread", Better.LOWER),
        ("missed", Better.UNKNOWN),
        ("authors", Better.UNKNOWN),
    ],
)
def test_the_way_in_which_a_metric_improves_is_read_from_its_words(name: str, expected: Better) -> None:
    assert better(name) is expected


def test_the_best_needs_a_direction_and_two_values() -> None:
    assert best([0.1, 0.3, None], Better.LOWER) == 0.1
    assert best([0.1, 0.3, float("nan")], Better.HIGHER) == 0.3
    assert best([0.1, 0.3], Better.UNKNOWN) is None
    assert best([0.1, None], Better.LOWER) is None


def test_held_out_data_says_more_than_training_data() -> None:
    assert telling(["train_loss", "missed", "loss", "val/auc"]) == ["val/auc", "loss", "missed", "train_loss"]
