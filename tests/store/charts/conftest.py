"""How a chart is drawn here: by the program that draws it in print."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest
import vl_convert

from vitrina.store.charts import Theme, apply

Draw = Callable[..., ET.Element]


@pytest.fixture
def draw(capfd: pytest.CaptureFixture[str]) -> Draw:
    """Draw a spec in a theme and give the SVG; Vega-Lite's warnings are failures."""

    def drawn(spec: dict[str, Any], theme: Theme = "print", *, width: int | None = 600) -> ET.Element:
        svg = vl_convert.vegalite_to_svg(apply(spec, theme, width=width), show_warnings=True, allowed_base_urls=[])
        warned = [line for line in capfd.readouterr().err.splitlines() if line.startswith("WARN")]
        assert not warned, warned
        return ET.fromstring(svg)

    return drawn


@pytest.fixture
def words() -> Callable[[ET.Element], list[str]]:
    """All texts of a drawing."""

    def found(svg: ET.Element) -> list[str]:
        return [text for node in svg.iter() if node.tag.endswith("text") and (text := "".join(node.itertext()))]

    return found


@pytest.fixture
def colours() -> Callable[[ET.Element], set[str]]:
    """All colours of a drawing's strokes and fills."""

    def found(svg: ET.Element) -> set[str]:
        used = {node.get(name) for node in svg.iter() for name in ("fill", "stroke")}
        return {colour for colour in used if colour and colour.startswith("#")}

    return found
