"""Judging figures: which direction is better, what changed, and which of a run's metrics is the one to show first."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from vitrina.hub.format import Number, Precision


class Better(Enum):
    """Which way a metric improves. What a name does not tell is not judged."""

    LOWER = "lower"
    HIGHER = "higher"
    UNKNOWN = "unknown"


# Whole words of a metric's name. Asked in this order: "loss of accuracy" is a loss.
_LOWER_WORDS = """
    loss error err mse rmse mae mape smape msle rmsle mad nll logloss deviance perplexity ppl brier ece wer cer fid
    latency duration seconds ms misclassification fpr fnr regret divergence kl
"""
_HIGHER_WORDS = """
    accuracy acc auc auroc auprc roc ap map precision recall f1 fbeta fscore score r2 iou miou dice jaccard bleu rouge
    meteor psnr ssim reward kappa mcc specificity sensitivity tpr tnr ndcg mrr hits correlation pearson spearman ari
    nmi silhouette likelihood elbo throughput
"""
_HEADLINE_WORDS = "auc auroc roc f1 accuracy acc score r2 ap map iou dice bleu rmse mae mse error loss"

_LOWER, _HIGHER = frozenset(_LOWER_WORDS.split()), frozenset(_HIGHER_WORDS.split())
_HEADLINE = tuple(_HEADLINE_WORDS.split())
"""Words of the metric that stands for a model, the first that is there."""

_HELD_OUT = ("test", "holdout", "eval", "val", "valid", "validation", "cv")
_SEEN = ("train", "training", "fit")


def better(name: str) -> Better:
    """From the words in a metric's name: `val/log_loss` improves downwards, `AUC, test set` upwards."""
    words = _words(name)
    if words & _LOWER:
        return Better.LOWER
    return Better.HIGHER if words & _HIGHER else Better.UNKNOWN


@dataclass(frozen=True)
class Change:
    """A difference as it is shown: figure, tone of its wash, word."""

    shown: str
    tone: str = ""
    """`up` better, `down` worse, empty neither."""

    word: str = ""


def change(now: Number | None, before: Number | None, *, direction: Better, precision: Precision) -> Change | None:
    """What became of a metric; None where one of the two is missing or no number. What rounds to nothing is same."""
    if now is None or before is None or not math.isfinite(now) or not math.isfinite(before):
        return None
    difference = now - before
    shown = precision.show_change(difference)
    if shown == "0":
        return Change("0", "", "same")
    if direction is Better.UNKNOWN:
        return Change(shown)
    is_better = (difference > 0) == (direction is Better.HIGHER)
    return Change(shown, "up", "better") if is_better else Change(shown, "down", "worse")


def best(values: Sequence[Number | None], direction: Better) -> Number | None:
    """The best of a column; None where the direction is not known or fewer than two values can be compared."""
    figures = [value for value in values if value is not None and math.isfinite(value)]
    if direction is Better.UNKNOWN or len(figures) < 2 or len(set(figures)) < 2:
        return None
    return min(figures) if direction is Better.LOWER else max(figures)


def headline(names: Iterable[str]) -> str | None:
    """The metric that stands for a run or version: a known measure on held-out data; else the first by name."""
    ordered = sorted(names)
    return min(ordered, key=lambda name: (rank(name), ordered.index(name))) if ordered else None


def rank(name: str) -> tuple[int, int]:
    """Its place in an order of the most telling first: held-out data before training data, then by measure."""
    words = _words(name)
    measure = next((place for place, word in enumerate(_HEADLINE) if word in words), len(_HEADLINE))
    return (2 if words & set(_SEEN) else 0 if words & set(_HELD_OUT) else 1, measure)


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z]+[0-9]*", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()))


def measure(name: str) -> str:
    """The name without the data it was measured on: `train/loss`, `val_loss` and `loss` are drawn in one chart."""
    parts = re.split(r"([/_. -])", name)
    if len(parts) > 2 and parts[0].lower() in (*_HELD_OUT, *_SEEN):
        return "".join(parts[2:])
    return name
