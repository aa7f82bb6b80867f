"""Labels at the ends of lines: the name and the last value, in a column at the right, none over another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vitrina.store.charts.series import Row, Series, colour
from vitrina.store.charts.theme import HEIGHT, Spec

GAP = 17 / HEIGHT
"""The least distance of two labels, as a share of the plot's height: a line of text, on the lowest chart too."""


def layers(
    series: Sequence[Series], texts: Sequence[str], *, right: Any, y: tuple[float, float], domain: Sequence[str]
) -> list[Spec]:
    """The dots and texts beside the plot, to be placed on its axes.

    `texts` are the labels in the order of the series, `right` the greatest x, `y` the ends of the axis, `domain` the
    names in the order of their colours.
    """
    ends = [last(one) for one in series]
    shown = [(one, text, end) for one, text, end in zip(series, texts, ends, strict=True) if end is not None]
    low, high = y
    places = spread([(end - low) / (high - low) for _, _, end in shown])
    rows: list[Row] = [
        {"x": right, "y": low + place * (high - low), "s": one.name, "t": text}
        for (one, text, _), place in zip(shown, places, strict=True)
    ]
    dots: Spec = {
        "mark": {"type": "point", "size": 24, "xOffset": 10, "opacity": 1},
        "encoding": {"color": colour(domain, legend=False)},
    }
    is_only = len(series) == 1 and not series[0].name
    words: Spec = {
        "mark": {"type": "text", "style": "label", "align": "left", "baseline": "middle", "dx": 8 if is_only else 18},
        "encoding": {"text": {"field": "t", "type": "nominal"}},
    }
    return [{"data": {"values": rows}, **(words if is_only else {"layer": [dots, words]})}]


def last(series: Series) -> float | None:
    """The last y that is a number, None if there is none."""
    return next((row["y"] for row in reversed(series.rows()) if row["y"] is not None), None)


def spread(places: Sequence[float], gap: float = GAP) -> list[float]:
    """The places (0 bottom, 1 top) moved apart so that neighbours are at least `gap` away, each as little as may be.

    Labels that touch become a block, which stands where its members' wishes lie in the middle; blocks that touch merge.
    Of two with one wish, the earlier stands above.
    """
    order = sorted(range(len(places)), key=lambda index: (places[index], -index))
    blocks: list[list[int]] = []
    for index in order:
        blocks.append([index])
        while len(blocks) > 1 and _bottom(blocks[-1], places, gap) < _top(blocks[-2], places, gap) + gap:
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    moved = list(places)
    for block in blocks:
        bottom = _bottom(block, places, gap)
        for rank, index in enumerate(block):
            moved[index] = bottom + rank * gap
    return moved


def _bottom(block: Sequence[int], places: Sequence[float], gap: float) -> float:
    wish = sum(places[index] for index in block) / len(block)
    height = (len(block) - 1) * gap
    return max(0.0, min(wish - height / 2, 1.0 - height))


def _top(block: Sequence[int], places: Sequence[float], gap: float) -> float:
    return _bottom(block, places, gap) + (len(block) - 1) * gap
