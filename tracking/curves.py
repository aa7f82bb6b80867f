"""Calls that log curves, matrices and histograms as data, which are drawn natively.

Names and order of arguments are those that scripts already write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from vitrina.store import charts
from vitrina.store.charts.data import plain
from vitrina.store.kinds import confusion_matrix, curve, histogram
from vitrina.store.kinds.confusion_matrix import ConfusionMatrix
from vitrina.store.kinds.curve import Curve
from vitrina.store.kinds.histogram import Histogram
from vitrina.store.kinds.kind import KindError
from vitrina.store.libraries import load
from vitrina.tracking.moments import Step, Timestamp
from vitrina.tracking.recorder import Recorder

Values = Any
"""A sequence or array of numbers."""


def log_curve(
    run: Recorder,
    name: str,
    x: Values,
    y: Values,
    annotation: str | None = None,
    step: Step = None,
    timestamp: Timestamp = None,
    *,
    x_title: str = "x",
    y_title: str = "y",
) -> None:
    """Keeps any y over x; `annotation` is a word beside its name."""
    points = Curve(x, y, annotation=annotation, x_title=x_title, y_title=y_title)
    run.keep(points, name, kind=curve.NAME, argument="y", step=step, timestamp=timestamp)


def log_roc_auc_curve(
    run: Recorder,
    name: str,
    fpr: Values,
    tpr: Values,
    auc: float | None = None,
    step: Step = None,
    timestamp: Timestamp = None,
) -> None:
    """Keeps an ROC curve from false and true positive rates; `auc` is the area under it."""
    points = curve.roc(fpr, tpr, auc=auc)
    run.keep(points, name, kind=curve.NAME, argument="tpr", step=step, timestamp=timestamp)


def log_pr_curve(
    run: Recorder,
    name: str,
    precision: Values,
    recall: Values,
    average_precision: float | None = None,
    step: Step = None,
    timestamp: Timestamp = None,
) -> None:
    """Keeps a curve of precision over recall."""
    points = curve.pr(precision, recall, average_precision=average_precision)
    run.keep(points, name, kind=curve.NAME, argument="recall", step=step, timestamp=timestamp)


def log_sklearn_roc_auc_curve(
    run: Recorder,
    name: str,
    y_preds: Values,
    y_targets: Values,
    step: Step = None,
    timestamp: Timestamp = None,
    is_multi_class: bool = False,
) -> None:
    """Works an ROC curve and its area out of scores and true classes (0 and 1, or two of any).

    With `is_multi_class`, `y_preds` has a column of scores for each class in the order of the sorted classes, and each
    class gets a curve against all others: `name_0`, `name_1`, …
    """
    for label, targets, scores in _against_rest(name, y_preds, y_targets, is_multi_class=is_multi_class):
        run.keep(curve.roc_from(targets, scores), label, kind=curve.NAME, step=step, timestamp=timestamp)


def log_sklearn_pr_curve(
    run: Recorder,
    name: str,
    y_preds: Values,
    y_targets: Values,
    step: Step = None,
    timestamp: Timestamp = None,
    is_multi_class: bool = False,
) -> None:
    """Works a curve of precision over recall out of scores and true classes; arguments as above."""
    for label, targets, scores in _against_rest(name, y_preds, y_targets, is_multi_class=is_multi_class):
        run.keep(curve.pr_from(targets, scores), label, kind=curve.NAME, step=step, timestamp=timestamp)


def log_confusion_matrix(
    run: Recorder, name: str, x: Values, y: Values, z: Values, step: Step = None, timestamp: Timestamp = None
) -> None:
    """Keeps a matrix `z`, whose columns are `x` (what was predicted) and rows `y` (what was).

    Where rows and columns have other names, it is kept as the heat map that it is.
    """
    columns, rows = _labels(x), _labels(y)
    matrix = cast("list[list[float]]", plain(z))
    if columns == rows:
        counted = ConfusionMatrix(rows, matrix)
        run.keep(counted, name, kind=confusion_matrix.NAME, argument="z", step=step, timestamp=timestamp)
    else:
        spec = charts.heatmap(columns, rows, matrix)
        run.keep(spec, name, kind="chart", argument="z", step=step, timestamp=timestamp)


def log_sklearn_confusion_matrix(
    run: Recorder,
    name: str,
    y_preds: Values,
    y_targets: Values,
    step: Step = None,
    timestamp: Timestamp = None,
    *,
    labels: Sequence[Any] | None = None,
) -> None:
    """Counts predicted against true classes. `labels` chooses and orders the classes; None takes all, sorted."""
    counted = confusion_matrix.confusion_from(y_targets, y_preds, labels=labels)
    run.keep(counted, name, kind=confusion_matrix.NAME, argument="y_preds", step=step, timestamp=timestamp)


def log_histogram(
    run: Recorder,
    name: str,
    values: Values,
    bins: int | str | Sequence[float] | None = None,
    max_bins: int | None = None,
    step: Step = None,
    timestamp: Timestamp = None,
) -> None:
    """Counts values into bins: their number, their edges, or one of NumPy's rules; None lets the values decide."""
    if bins is not None and not isinstance(bins, int | str):
        counts, edges = load("numpy", extra="frames", purpose="A histogram").histogram(plain(values), bins=plain(bins))
        values, bins = Histogram(counts.tolist(), edges.tolist()), None
    options = {key: value for key, value in {"bins": bins, "max_bins": max_bins}.items() if value is not None}
    run.keep(values, name, kind=histogram.NAME, argument="values", step=step, timestamp=timestamp, options=options)


def log_np_histogram(
    run: Recorder, name: str, values: Values, counts: Values, step: Step = None, timestamp: Timestamp = None
) -> None:
    """Keeps a histogram that is counted already, as `numpy.histogram` gives it: counts and edges.

    The longer one is taken for the edges (there is one more than counts), so that either order is right.
    """
    first, second = list(plain(values)), list(plain(counts))
    edges, counted = (first, second) if len(first) > len(second) else (second, first)
    run.keep(Histogram(counted, edges), name, kind=histogram.NAME, argument="counts", step=step, timestamp=timestamp)


def _labels(names: Values) -> list[str]:
    return [str(name) for name in cast("list[object]", plain(names))]


def _against_rest(
    name: str, y_preds: Values, y_targets: Values, *, is_multi_class: bool
) -> list[tuple[str, list[Any], list[float]]]:
    """(name, targets, scores) of each curve: one, or one a class."""
    targets, scores = cast("list[Any]", plain(y_targets)), cast("list[Any]", plain(y_preds))
    if not is_multi_class:
        return [(name, targets, scores)]
    classes = sorted(set(targets))
    if any(not isinstance(row, list) or len(cast("list[Any]", row)) != len(classes) for row in scores):
        raise KindError(
            f"`y_preds` needs a column of scores for each of the {len(classes)} classes.",
            hint="Give what predict_proba gives.",
        )
    return [
        (f"{name}_{place}", [target == one for target in targets], [row[place] for row in scores])
        for place, one in enumerate(classes)
    ]
