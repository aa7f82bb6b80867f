"""Curves from scores are those that scikit-learn computes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics

from vitrina.store import kinds
from vitrina.store.charts import Form
from vitrina.store.kinds import KindError, Part
from vitrina.store.views import VegaView

PAIRS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20).map(lambda n: n / 20)), min_size=2, max_size=60)


@given(PAIRS)
@settings(max_examples=80, deadline=None)
def test_the_roc_curve_is_scikit_learns(pairs: list[tuple[int, float]]) -> None:
    targets, scores = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assume(len(set(targets)) == 2)
    found = kinds.roc_from(targets, scores)
    fpr, tpr, _ = metrics.roc_curve(targets, scores, drop_intermediate=False)
    points = list(zip(fpr, tpr, strict=True))
    # Points inside a straight stretch are left out, by us more of them than by scikit-learn; the line is the same.
    assert all(min(np.hypot(x - a, y - b) for a, b in points) < 1e-9 for x, y in zip(found.x, found.y, strict=True))
    assert (found.x[0], found.y[0], found.x[-1], found.y[-1]) == (0, 0, 1, 1)
    assert metrics.auc(found.x, found.y) == pytest.approx(metrics.auc(fpr, tpr))
    assert found.score == pytest.approx(metrics.roc_auc_score(targets, scores))


@given(PAIRS)
@settings(max_examples=80, deadline=None)
def test_the_pr_curve_is_scikit_learns(pairs: list[tuple[int, float]]) -> None:
    targets, scores = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    assume(len(set(targets)) == 2)
    found = kinds.pr_from(targets, scores)
    precision, recall, _ = metrics.precision_recall_curve(targets, scores)
    assert found.x == pytest.approx(recall[::-1])
    assert found.y == pytest.approx(precision[::-1])
    assert found.score == pytest.approx(metrics.average_precision_score(targets, scores))
    assert found.baseline == pytest.approx(np.mean(targets))


def test_classes_may_be_words() -> None:
    words = ["benign", "malignant", "malignant"]
    scores = [0.2, 0.7, 0.9]
    assert kinds.roc_from(words, scores).score == 1
    assert kinds.roc_from(words, scores, positive="benign").score == 0


@pytest.mark.parametrize(
    ("targets", "scores", "options", "message"),
    [
        ([1, 1], [0.1, 0.2], {}, "have 1 classes"),
        ([0, 1, 2], [0.1, 0.2, 0.3], {}, "have 3 classes"),
        ([0, 1], [0.1], {}, "2 targets and 1 scores"),
        ([0, 1], [0.1, float("nan")], {}, "NaN or infinite"),
        ([0, 1], [0.1, 0.2], {"positive": "yes"}, "do not have the class 'yes'"),
    ],
)
def test_what_makes_no_curve_is_refused(targets: Any, scores: Any, options: dict[str, Any], message: str) -> None:
    for make in (kinds.roc_from, kinds.pr_from):
        with pytest.raises(KindError, match=message):
            make(targets, scores, **options)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=40), st.randoms())
@settings(max_examples=40, deadline=None)
def test_the_confusion_matrix_is_scikit_learns(targets: list[str], random: Any) -> None:
    said = [random.choice("abc") for _ in targets]
    assume(len({*targets, *said}) > 1)
    found = kinds.confusion_from(targets, said)
    assert found.matrix == metrics.confusion_matrix(targets, said).tolist()
    taken = kinds.take(found)
    assert taken.summary["accuracy"] == pytest.approx(metrics.accuracy_score(targets, said))


def test_all_points_are_kept_and_a_long_curve_is_drawn_with_some() -> None:
    x = np.linspace(0, 1, 50_000)
    taken = kinds.take(kinds.Curve(x, x**2))
    assert taken.summary["points"] == 50_000
    assert isinstance(taken.payload, bytes)
    view = kinds.view("curve", taken.summary, taken.payload)
    assert isinstance(view, VegaView)
    drawn = view.spec["data"]["values"]
    assert 500 < len(drawn) <= 1_001
    assert (drawn[0]["x"], drawn[-1]["x"]) == (0.0, 1.0)


def test_curves_of_several_versions_are_laid_over_each_other() -> None:
    parts = [Part(label, {}, payload(kinds.roc([0, 1], [0, height], auc=height))) for label, height in VERSIONS]
    view = kinds.overlay("curve", parts)
    assert isinstance(view, VegaView)
    assert {row["s"] for row in view.spec["data"]["values"]} == {"1.0.0", "1.1.0"}
    assert "AUC 0.800" in str(view.spec)


def test_curves_of_different_forms_are_not_laid_over_each_other() -> None:
    parts = [Part("a", {}, payload(kinds.roc([0, 1], [0, 1]))), Part("b", {}, payload(kinds.pr([1, 0], [0, 1])))]
    assert kinds.overlay("curve", parts) is None


def test_histograms_are_laid_over_each_other_and_texts_are_not() -> None:
    parts = [Part(label, {}, payload(kinds.Histogram([1, 2], [0, 1, top + 1]))) for label, top in VERSIONS]
    assert isinstance(kinds.overlay("histogram", parts), VegaView)
    assert kinds.overlay("text", parts) is None


VERSIONS = [("1.0.0", 0.7), ("1.1.0", 0.8)]


def payload(value: object) -> bytes:
    taken = kinds.take(value)
    assert isinstance(taken.payload, bytes)
    return taken.payload


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (kinds.Curve([1, 2], [1]), "different lengths"),
        (kinds.Curve([], []), "empty"),
        (kinds.Curve([1], ["high"]), "'high' is not a number"),
        (kinds.ConfusionMatrix(["a"], [[1, 2]]), "make no square"),
        (kinds.ConfusionMatrix(["a", "a"], [[1, 2], [3, 4]]), "two of its labels are the same"),
        (kinds.ConfusionMatrix(["a", "b"], [[1, 2], [3, -4]]), "below zero"),
        (kinds.Histogram([1, 2], [0, 1]), "one edge more"),
        (kinds.Histogram([1, 2], [0, 2, 1]), "do not ascend"),
    ],
)
def test_data_that_does_not_fit_is_refused(value: object, message: str) -> None:
    with pytest.raises(KindError, match=message):
        kinds.take(value)


def test_a_histogram_of_values_leaves_out_what_is_no_number() -> None:
    taken = kinds.take([1, 2, 3, float("nan"), float("inf")], kind="histogram", bins=2)
    assert (taken.summary["total"], taken.summary["bins"]) == (3, 2)
    assert kinds.take(np.ones(5), kind="histogram").summary["bins"] == 1
    assert kinds.take(np.arange(10_000) ** 3, kind="histogram", max_bins=64).summary["bins"] <= 64


def test_forms_are_words_of_the_store() -> None:
    assert [form.value for form in Form] == ["xy", "roc", "pr"]
