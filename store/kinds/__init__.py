"""Kinds of logged objects: `take` turns a value into what the store keeps, `view` that into something to show."""

from __future__ import annotations

from vitrina.store.kinds.confusion_matrix import ConfusionMatrix, confusion_from
from vitrina.store.kinds.curve import Curve, pr, pr_from, roc, roc_from
from vitrina.store.kinds.histogram import Histogram, histogram_from
from vitrina.store.kinds.kind import Kind, KindError, Section, Taken
from vitrina.store.kinds.overlay import Part, overlay
from vitrina.store.kinds.registry import KINDS, kind_of, section, take, view

__all__ = [
    "KINDS",
    "ConfusionMatrix",
    "Curve",
    "Histogram",
    "Kind",
    "KindError",
    "Part",
    "Section",
    "Taken",
    "confusion_from",
    "histogram_from",
    "kind_of",
    "overlay",
    "pr",
    "pr_from",
    "roc",
    "roc_from",
    "section",
    "take",
    "view",
]
