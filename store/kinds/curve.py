"""A curve kept as its points: any y over x, a receiver operating characteristic, or precision over recall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from vitrina.store.charts.curve import Form
from vitrina.store.charts.curve import curve as chart_of
from vitrina.store.charts.data import encode, number, numbers, plain
from vitrina.store.charts.series import Series
from vitrina.store.errors import InvalidError
from vitrina.store.kinds.figures.figure import read_json
from vitrina.store.kinds.kind import KindError, Section, Taken
from vitrina.store.libraries import load
from vitrina.store.views import VegaView

NAME = "curve"
SECTION = Section.CHARTS
TAKES = "a Curve (x and y of one length), or what roc, pr, roc_from and pr_from give"

DRAWN = 1_000
"""Points of a curve that are drawn; all are kept."""


@dataclass(frozen=True, eq=False)
class Curve:
    """Points of one curve. NaN and infinities in `y` are gaps.

    `score` is the number that sums it up (the area under an ROC curve, the average precision of a PR curve), `baseline`
    the precision of chance, `annotation` a word beside the name. `x_title` and `y_title` are for Form.XY only.
    """

    x: Sequence[Any]
    y: Sequence[Any]
    form: Form = Form.XY
    score: float | None = None
    baseline: float | None = None
    annotation: str | None = None
    x_title: str = "x"
    y_title: str = "y"


def roc(fpr: Sequence[float], tpr: Sequence[float], *, auc: float | None = None) -> Curve:
    """An ROC curve from false and true positive rates."""
    return Curve(fpr, tpr, Form.ROC, auc)


def pr(
    precision: Sequence[float],
    recall: Sequence[float],
    *,
    average_precision: float | None = None,
    baseline: float | None = None,
) -> Curve:
    """A PR curve; `baseline` is the share of positives."""
    return Curve(recall, precision, Form.PR, average_precision, baseline)


def roc_from(targets: Sequence[Any], scores: Sequence[float], *, positive: Any = None) -> Curve:
    """The ROC curve and its area from the true classes of two, and scores that are higher for the positive one.

    `positive` is the positive class; None takes the greater of the two (1 of 0 and 1). Points on a straight line
    between their neighbours are left out.
    """
    numpy = load("numpy", extra="frames", purpose="A curve from scores")
    false, true = _counts(numpy, targets, scores, positive)
    turns = numpy.r_[True, numpy.logical_or(numpy.diff(false, 2), numpy.diff(true, 2)), True]
    fpr, tpr = false[turns] / false[-1], true[turns] / true[-1]
    return roc(fpr.tolist(), tpr.tolist(), auc=float(numpy.trapezoid(tpr, fpr)))


def pr_from(targets: Sequence[Any], scores: Sequence[float], *, positive: Any = None) -> Curve:
    """The PR curve, its average precision and the share of positives; arguments as of `roc_from`."""
    numpy = load("numpy", extra="frames", purpose="A curve from scores")
    false, true = _counts(numpy, targets, scores, positive)
    recall = true / true[-1]
    precision = numpy.r_[1.0, true[1:] / (true[1:] + false[1:])]
    average = float(numpy.sum(numpy.diff(recall) * precision[1:]))
    share = float(true[-1] / (true[-1] + false[-1]))
    return pr(precision.tolist(), recall.tolist(), average_precision=average, baseline=share)


def claims(value: object) -> bool:
    return isinstance(value, Curve)


def take(value: object) -> Taken:
    if not isinstance(value, Curve):
        raise KindError("it is no curve")
    try:
        x, y = cast("list[Any]", plain(value.x)), numbers(value.y)
    except InvalidError as error:
        raise KindError(error.message.rstrip(".")) from error
    if len(x) != len(y) or not y:
        raise KindError(f"x and y are of different lengths, or empty (y has {len(y)} points)")
    kept: dict[str, Any] = {
        "form": value.form.value,
        "x": x,
        "y": y,
        "score": number(value.score),
        "baseline": number(value.baseline),
        "annotation": value.annotation,
        "x_title": value.x_title,
        "y_title": value.y_title,
    }
    summary = {key: kept[key] for key in ("form", "score", "annotation")} | {"points": len(y)}
    return Taken(NAME, encode(kept), "application/vnd.vitrina.curve+json", ".json", summary)


def view(summary: Mapping[str, Any], payload: bytes) -> VegaView:
    return drawn([("", payload)])


def drawn(curves: Sequence[tuple[str, bytes]]) -> VegaView:
    """Stored curves over each other, each with its label. Raises KindError for curves of different forms."""
    read = [_read(payload) for _, payload in curves]
    first = read[0]
    if any(one.form is not first.form for one in read):
        raise KindError("Curves of different forms have different axes.")
    labels = [
        " ".join(word for word in (label, one.annotation) if word) for (label, _), one in zip(curves, read, strict=True)
    ]
    series = [_thinned(Series(label, one.x, one.y)) for label, one in zip(labels, read, strict=True)]
    scores = [one.score for one in read] if any(one.score is not None for one in read) else []
    spec = chart_of(series, form=first.form, scores=scores, baseline=first.baseline, x=first.x_title, y=first.y_title)
    return VegaView(spec)


def _read(payload: bytes) -> Curve:
    kept = read_json(payload)
    try:
        return Curve(
            x=kept["x"],
            y=numbers(kept["y"]),
            form=Form(kept["form"]),
            score=number(kept.get("score")),
            baseline=number(kept.get("baseline")),
            annotation=kept.get("annotation"),
            x_title=str(kept.get("x_title", "x")),
            y_title=str(kept.get("y_title", "y")),
        )
    except (KeyError, TypeError, ValueError, InvalidError) as error:
        raise KindError("The stored curve is damaged.") from error


def _thinned(series: Series) -> Series:
    """Every n-th point, with the last: curves that are drawn from scores are dense everywhere they bend."""
    every = -(-len(series.x) // DRAWN)
    if every < 2:
        return series
    places = [*range(0, len(series.x) - 1, every), len(series.x) - 1]
    return Series(series.name, [series.x[place] for place in places], [series.y[place] for place in places])


def _counts(numpy: Any, targets: Sequence[Any], scores: Sequence[float], positive: Any) -> tuple[Any, Any]:
    """False and true positives above each threshold, from none to all."""
    truth, score = numpy.asarray(targets).ravel(), numpy.asarray(scores, dtype=float).ravel()
    if truth.shape != score.shape:
        raise KindError(f"There are {truth.size} targets and {score.size} scores.")
    if not numpy.isfinite(score).all():
        raise KindError("A score is NaN or infinite.")
    classes = numpy.unique(truth)
    if classes.size != 2:
        raise KindError(f"The targets have {classes.size} classes; a curve is of two.")
    hit = truth == (classes[1] if positive is None else positive)
    if not hit.any():
        raise KindError(f"The targets do not have the class {positive!r}.", hint=f"They have {classes.tolist()}.")
    order = numpy.argsort(-score, kind="stable")
    hit, score = hit[order], score[order]
    ends = numpy.r_[numpy.nonzero(numpy.diff(score))[0], score.size - 1]
    true = numpy.cumsum(hit)[ends]
    return numpy.r_[0, ends + 1 - true], numpy.r_[0, true]
