from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from vitrina.reports.still import MOST_MARKS, still


@dataclass
class Pen:
    """Notes what it is asked to draw."""

    asked: list[str] = field(default_factory=list[str])

    def svg(self, spec: bytes) -> bytes:
        self.asked.append("svg")
        return b"<svg>" + spec

    def png(self, spec: bytes, *, scale: float) -> bytes:
        self.asked.append(f"png at {scale:g}")
        return b"png"


def points(count: int) -> dict[str, Any]:
    rows: Sequence[dict[str, int]] = [{"x": place} for place in range(count)]
    return {"data": {"values": rows}, "mark": "point", "encoding": {"x": {"field": "x", "type": "quantitative"}}}


def test_few_marks_are_drawn_as_lines_and_many_as_pixels() -> None:
    pen: Any = Pen()
    assert still(points(MOST_MARKS), pen, width=582).media_type == "image/svg+xml"
    assert still(points(MOST_MARKS + 1), pen, width=582).media_type == "image/png"
    assert pen.asked == ["svg", "png at 2"]


def test_a_still_has_the_colours_of_paper_and_the_width_of_its_frame() -> None:
    pen: Any = Pen()
    drawn = still(points(3), pen, width=582).content.decode()
    assert '"width":582' in drawn
    assert '"labelColor":"#535c5e"' in drawn
