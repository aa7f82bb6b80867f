"""Curves of a judgement: receiver operating characteristic, precision over recall, or any y over x."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from vitrina.store.charts import numbers
from vitrina.store.charts.line import line
from vitrina.store.charts.lines import Axes, drawn
from vitrina.store.charts.series import COLOURS, LABELLED, Series, names
from vitrina.store.charts.theme import Spec


class Form(StrEnum):
    """What a curve is: it decides the axes and the line to compare with."""

    XY = "xy"
    ROC = "roc"
    PR = "pr"


_AXES = {Form.ROC: ("false positive rate", "true positive rate"), Form.PR: ("recall", "precision")}
_SCORES = {Form.ROC: "AUC", Form.PR: "AP"}
UNIT = (0.0, 1.0)


def curve(
    curves: Sequence[Series],
    *,
    form: Form = Form.XY,
    scores: Sequence[float | None] = (),
    baseline: float | None = None,
    x: str = "x",
    y: str = "y",
) -> Spec:
    """Curves over each other, each with its score (area under it, average precision) in its label.

    ROC curves have the diagonal of chance behind them, PR curves a line at `baseline`, the share of positives, where it
    is known. `x` and `y` title the axes of a free curve only.
    """
    names(curves)
    shown, rest = list(curves[:COLOURS]), list(curves[COLOURS:])
    labels = _labels(shown, list(scores)[: len(shown)], word=_SCORES.get(form, ""))
    if form is Form.XY:
        return drawn(shown, Axes(x, y), rest=rest, labels=labels) if scores else line(curves, x=x, y=y)
    if len(shown) > LABELLED:
        shown = [Series(label, one.x, one.y, one.slot) for one, label in zip(shown, labels, strict=True)]
    axes = Axes(*_AXES[form], x_ends=UNIT, y_ends=UNIT)
    return drawn(shown, axes, rest=rest, labels=labels, behind=_reference(form, baseline))


def _labels(curves: Sequence[Series], scores: Sequence[float | None], *, word: str) -> list[str]:
    values = numbers.column(scores) if scores else [""] * len(curves)
    labels: list[str] = []
    for one, value in zip(curves, values, strict=True):
        labels.append(" ".join(part for part in (one.name, word if value else "", value) if part))
    return labels


def _reference(form: Form, baseline: float | None) -> list[Spec]:
    match form, baseline:
        case Form.ROC, _:
            rows = [{"x": 0, "y": 0}, {"x": 1, "y": 1}]
        case Form.PR, float() | int():
            rows = [{"x": 0, "y": baseline}, {"x": 1, "y": baseline}]
        case _:
            return []
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "line", "style": "reference", "strokeWidth": 1, "strokeDash": [2, 3]},
        }
    ]
