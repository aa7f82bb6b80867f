"""What a metric's name tells: which way it improves, and how much it says about a model."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from enum import Enum


class Better(Enum):
    """Which way a metric improves. What a name does not tell is not judged."""

    LOWER = "lower"
    HIGHER = "higher"
    UNKNOWN = "unknown"


# Whole words of a metric's name. Asked in this order: "loss of accuracy" is a loss.
_LOWER_WORDS = """
    loss error err mse rmse mae mape smape msle rmsle mad nll logloss deviance perplexity ppl brier ece wer cer fid
    latency duration seconds ms misclassification fpr fnr regret divergence kl spread std stddev variance
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

HELD_OUT = ("test", "holdout", "eval", "val", "valid", "validation", "cv")
SEEN = ("train", "training", "fit")


def better(name: str) -> Better:
    """From the words in a metric's name: `val/log_loss` improves downwards, `AUC, test set` upwards."""
    words = _words(name)
    if words & _LOWER:
        return Better.LOWER
    return Better.HIGHER if words & _HIGHER else Better.UNKNOWN


def best(values: Sequence[float | None], direction: Better) -> float | None:
    """The best of several; None where the direction is not known or fewer than two values can be compared."""
    figures = [value for value in values if value is not None and math.isfinite(value)]
    if direction is Better.UNKNOWN or len(set(figures)) < 2:
        return None
    return min(figures) if direction is Better.LOWER else max(figures)


def telling(names: Iterable[str]) -> list[str]:
    """The names, those first that say most: a known measure on held-out data."""
    return sorted(names, key=lambda name: (rank(name), name))


def rank(name: str) -> tuple[int, int]:
    """Its place in an order of the most telling first: held-out data before training data, then by measure."""
    words = _words(name)
    measure = next((place for place, word in enumerate(_HEADLINE) if word in words), len(_HEADLINE))
    return (2 if words & set(SEEN) else 0 if words & set(HELD_OUT) else 1, measure)


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z]+[0-9]*", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()))
