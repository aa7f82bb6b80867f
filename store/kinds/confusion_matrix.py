"""A confusion matrix kept as its counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitrina.store.charts import confusion as chart
from vitrina.store.charts.data import encode, numbers
from vitrina.store.errors import InvalidError
from vitrina.store.kinds.figures.figure import read_json
from vitrina.store.kinds.kind import KindError, Section, Taken
from vitrina.store.libraries import load
from vitrina.store.views import VegaView

NAME = "confusion-matrix"
SECTION = Section.CHARTS
TAKES = "a ConfusionMatrix (labels, and a square of as many rows and columns), or what confusion_from gives"


@dataclass(frozen=True, eq=False)
class ConfusionMatrix:
    """Row by row what was, column by column what was predicted, in the order of `labels`."""

    labels: Sequence[Any]
    matrix: Sequence[Sequence[float]]


def confusion_from(
    targets: Sequence[Any], predictions: Sequence[Any], *, labels: Sequence[Any] | None = None
) -> ConfusionMatrix:
    """The counts from true and predicted classes. `labels` chooses and orders the classes; None takes all, sorted."""
    numpy = load("numpy", extra="frames", purpose="A confusion matrix")
    truth, said = numpy.asarray(targets).ravel(), numpy.asarray(predictions).ravel()
    if truth.shape != said.shape:
        raise KindError(f"There are {truth.size} targets and {said.size} predictions.")
    classes = numpy.unique(numpy.concatenate([truth, said])) if labels is None else numpy.asarray(labels)
    matrix = [[int(((truth == row) & (said == column)).sum()) for column in classes] for row in classes]
    return ConfusionMatrix(classes.tolist(), matrix)


def claims(value: object) -> bool:
    return isinstance(value, ConfusionMatrix)


def take(value: object) -> Taken:
    if not isinstance(value, ConfusionMatrix):
        raise KindError("it is no confusion matrix")
    labels = [str(label) for label in value.labels]
    try:
        matrix = [numbers(row) for row in value.matrix]
    except InvalidError as error:
        raise KindError(error.message.rstrip(".")) from error
    if not labels or len(matrix) != len(labels) or any(len(row) != len(labels) for row in matrix):
        raise KindError(f"it has {len(labels)} labels and {len(matrix)} rows, which make no square")
    if len(set(labels)) != len(labels):
        raise KindError("two of its labels are the same")
    if any(count is None or count < 0 for row in matrix for count in row):
        raise KindError("one of its counts is missing or below zero")
    payload = encode({"labels": labels, "matrix": matrix})
    total = sum(count or 0 for row in matrix for count in row)
    right = sum(matrix[place][place] or 0 for place in range(len(labels)))
    summary = {"labels": len(labels), "total": total, "accuracy": right / total if total else None}
    return Taken(NAME, payload, "application/vnd.vitrina.confusion-matrix+json", ".json", summary)


def view(summary: Mapping[str, Any], payload: bytes) -> VegaView:
    kept = read_json(payload)
    try:
        return VegaView(chart.confusion_matrix([str(label) for label in kept["labels"]], kept["matrix"]))
    except (KeyError, TypeError, InvalidError) as error:
        raise KindError("The stored confusion matrix is damaged.") from error
