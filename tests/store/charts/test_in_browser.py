"""Charts as a reader's browser draws them: by Vega's interpreter, on a page that forbids evaluating text as code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import vl_convert

from vitrina.store import charts
from vitrina.store.charts import Series

POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"
PAGE = """<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">
<div id="chart" style="width: 700px"></div><script>{vega}</script><script>
vegaEmbed("#chart", {spec}, {{mode: "vega-lite", ast: true, actions: false, renderer: "svg"}})
  .then(() => {{ document.title = "drawn" }});
</script>"""


@pytest.fixture
def shown(page: Any, tmp_path: Path) -> Any:
    """Show a spec on a page, and give the page once it is drawn; errors in its console are failures."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def show(spec: dict[str, Any]) -> Any:
        vega = vl_convert.javascript_bundle().replace("</script>", r"<\\/script>")
        text = json.dumps(charts.apply(spec, "light")).replace("</", r"<\\/")
        (tmp_path / "page.html").write_text(PAGE.format(policy=POLICY, vega=vega, spec=text))
        page.goto((tmp_path / "page.html").as_uri())
        page.wait_for_function("document.title === 'drawn'")
        return page

    yield show
    assert not complaints, complaints


@pytest.mark.slow
def test_the_pointer_finds_the_values_of_all_lines_at_one_step(shown: Any) -> None:
    steps = list(range(11))
    page = shown(
        charts.line([Series("one", steps, steps), Series("two.b[c]", steps, [10 - n for n in steps])], y="AUC")
    )
    plot = page.locator("g.role-frame path.background").first.bounding_box()
    page.mouse.move(plot["x"] + 5, plot["y"] + 5)
    page.mouse.move(plot["x"] + plot["width"] * 0.3, plot["y"] + plot["height"] / 2)
    tooltip = page.locator("#vg-tooltip-element.visible")
    tooltip.wait_for()
    assert [cell.inner_text() for cell in tooltip.locator("td").all()] == ["step", "3", "one", "3", "two.b[c]", "7"]
    assert page.locator(".hover_rule_marks line[opacity='1']").count() == 1
    assert page.locator(".hover_points_marks path").count() == 2


@pytest.mark.slow
def test_a_chart_is_as_wide_as_its_place(shown: Any) -> None:
    page = shown(charts.bar(["a", "b"], {"": [1, 2]}, y="weight"))
    assert abs(page.locator("#chart svg").bounding_box()["width"] - 700) <= 1
