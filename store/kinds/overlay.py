"""The same object of several versions in one view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitrina.store.charts import overlay as chart_overlay
from vitrina.store.kinds import chart, curve, histogram
from vitrina.store.kinds.kind import KindError
from vitrina.store.views import VegaView, View


@dataclass(frozen=True)
class Part:
    """One of the objects to lay over each other: the label of its version, and what the store keeps of it."""

    label: str
    summary: Mapping[str, Any]
    payload: bytes


def overlay(kind: str, parts: Sequence[Part]) -> View | None:
    """One view of several objects of one kind; None where they can only be shown beside each other.

    Curves, histograms, and single Vega-Lite charts of the same making can be laid over each other.
    """
    labelled = [(part.label, part.payload) for part in parts]
    try:
        match kind:
            case curve.NAME:
                return curve.drawn(labelled)
            case histogram.NAME:
                return histogram.drawn(labelled)
            case chart.NAME:
                return _charts(parts)
            case _:
                return None
    except KindError:
        return None


def _charts(parts: Sequence[Part]) -> View | None:
    views = [(part.label, chart.view(part.summary, part.payload)) for part in parts]
    specs = [(label, view.spec) for label, view in views if isinstance(view, VegaView)]
    together = chart_overlay(specs) if len(specs) == len(views) else None
    return VegaView(together) if together else None
