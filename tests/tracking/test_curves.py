"""Curves, matrices and histograms: kept as data, with the numbers that the libraries of the field find."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from sklearn import metrics
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import scale

from vitrina import tracking
from vitrina.store import kinds
from vitrina.store.kinds.kind import KindError
from vitrina.store.opening import Store
from vitrina.store.views import VegaView


@pytest.fixture
def run(store: Store):
    with tracking.run(project="acme/churn", track_env=False) as begun:
        yield begun


def kept(run: tracking.Run, name: str) -> dict[str, Any]:
    return json.loads(run.get_artifact(f"charts/{name}"))


@pytest.fixture(scope="module")
def judged() -> tuple[np.ndarray, np.ndarray]:
    """(true classes, scores) of a fair model."""
    data = load_breast_cancer()
    model = LogisticRegression(C=0.001).fit(scale(data.data), data.target)
    return data.target, model.predict_proba(scale(data.data))[:, 1]


def test_curves_of_rates_keep_their_points_and_score(run: tracking.Run) -> None:
    tracking.log_roc_auc_curve("roc", [0, 0.5, 1], np.array([0, 0.8, 1]), 0.75, 3)
    tracking.log_pr_curve("pr", [1, 0.5], [0, 1], average_precision=0.6)
    tracking.log_curve("lift", [1, 2], [3, 4], "train", x_title="share", y_title="lift")
    assert (kept(run, "roc")["x"], kept(run, "roc")["y"], kept(run, "roc")["score"]) == ([0, 0.5, 1], [0, 0.8, 1], 0.75)
    assert (kept(run, "pr")["x"], kept(run, "pr")["y"]) == ([0, 1], [1, 0.5])
    assert (kept(run, "lift")["annotation"], kept(run, "lift")["x_title"]) == ("train", "share")
    for item in run.get_objects():
        assert item.section == "charts"
        assert isinstance(kinds.view(item.kind, item.summary, run.get_artifact(f"charts/{item.name}")), VegaView)


def test_curves_from_scores_have_the_areas_that_scikit_learn_finds(run: tracking.Run, judged) -> None:
    targets, scores = judged
    tracking.log_sklearn_roc_auc_curve("roc", scores, targets)
    tracking.log_sklearn_pr_curve("pr", scores, targets)
    assert kept(run, "roc")["score"] == pytest.approx(metrics.roc_auc_score(targets, scores))
    assert kept(run, "pr")["score"] == pytest.approx(metrics.average_precision_score(targets, scores))


def test_each_of_several_classes_has_a_curve_against_the_others(run: tracking.Run) -> None:
    data = load_iris()
    scores = LogisticRegression(C=0.01).fit(scale(data.data), data.target).predict_proba(scale(data.data))
    tracking.log_sklearn_roc_auc_curve("roc", scores, data.target, is_multi_class=True)
    for number in range(3):
        expected = metrics.roc_auc_score(data.target == number, scores[:, number])
        assert kept(run, f"roc_{number}")["score"] == pytest.approx(expected)
    with pytest.raises(KindError, match="a column of scores for each of the 3 classes"):
        tracking.log_sklearn_pr_curve("pr", scores[:, :2], data.target, is_multi_class=True)


def test_a_confusion_matrix_counts_as_scikit_learn_does(run: tracking.Run, judged) -> None:
    targets, scores = judged
    said = scores > 0.5
    tracking.log_sklearn_confusion_matrix("counts", said.astype(int), targets)
    expected = metrics.confusion_matrix(targets, said).tolist()
    assert kept(run, "counts") == {"labels": ["0", "1"], "matrix": expected}
    tracking.log_confusion_matrix("given", ["no", "yes"], ["no", "yes"], np.array(expected))
    assert kept(run, "given") == {"labels": ["no", "yes"], "matrix": expected}


def test_a_matrix_that_is_not_square_is_the_heat_map_that_it_is(run: tracking.Run) -> None:
    tracking.log_confusion_matrix("heat", ["a", "b", "c"], ["x", "y"], [[1, 2, 3], [4, 5, 6]])
    (item,) = run.get_objects()
    assert item.kind == "chart"


@pytest.mark.parametrize(("bins", "count"), [(5, 5), ([0.0, 1.0, 10.0], 2)])
def test_values_are_counted_into_bins(run: tracking.Run, bins: Any, count: int) -> None:
    tracking.log_histogram("ages", np.arange(11.0), bins)
    assert len(kept(run, "ages")["counts"]) == count
    assert sum(kept(run, "ages")["counts"]) == 11


def test_a_counted_histogram_is_kept_in_either_order(run: tracking.Run) -> None:
    counts, edges = np.histogram([1.0, 2.0, 2.5, 9.0], bins=4)
    tracking.log_np_histogram("first", counts, edges)
    tracking.log_np_histogram("second", edges, counts)
    assert kept(run, "first") == kept(run, "second") == {"counts": counts.tolist(), "edges": edges.tolist()}
