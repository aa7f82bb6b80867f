"""No script of an author's runs, ever: the corpus in a real browser, on a page without any policy that could help."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vitrina.reports import Means, Reader, Workers, edition_of_text, live, parse, resolve
from vitrina.reports.backends.frozen import frozen
from vitrina.store.opening import Store
from vitrina.store.refs import parse_ref

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

CORPUS = [
    "<script>RUN</script>",
    "<img src=x onerror=RUN>",
    "<svg onload=RUN>",
    "<svg><script>RUN</script></svg>",
    "<details open ontoggle=RUN>x</details>",
    "<body onload=RUN>",
    "<input autofocus onfocus=RUN>",
    "<video><source onerror=RUN></video>",
    "<iframe srcdoc='<script>parent.RUN</script>'></iframe>",
    "<iframe src='javascript:parent.RUN'></iframe>",
    "<a href='javascript:RUN' id=click>x</a>",
    "[x](javascript:RUN)",
    "[x](JaVaScRiPt:RUN)",
    "[x](&#106;avascript:RUN)",
    "![x](javascript:RUN)",
    "<javascript:RUN>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=RUN&gt;'>",
    "<form><button formaction='javascript:RUN'>x</button></form>",
    "<noscript><p title='</noscript><img src=x onerror=RUN>'>",
    "<p title='\n\nacme/churn\n\n' onmouseover=RUN>x</p>",
    "<style>@import 'javascript:RUN';</style>",
    "<meta http-equiv=refresh content='0;url=javascript:RUN'>",
    "<template><script>RUN</script></template>",
    "`<script>RUN</script>`",
    "```html\n<script>RUN</script>\n```",
    '```x"><script>RUN</script>\ny\n```',
    "# <script>RUN</script>",
    "[^1]\n\n[^1]: <script>RUN</script>",
    "| <script>RUN</script> |\n|---|\n| <img src=x onerror=RUN> |",
    "$<script>RUN</script>$",
    "---\ntitle: <script>RUN</script>\nsummary: <img src=x onerror=RUN>\nauthors: ['<script>RUN</script>']\n---\n",
    "[<script>RUN</script>](acme/churn)",
    "![<script>RUN</script>](acme/churn/models/classifier@1.2.0#charts/lift '<script>RUN</script>')",
    "![x](acme/churn/runs/<script>RUN</script>#charts/x)",
    "```chart\nmetric: <script>RUN</script>\n```",
    "```chart\nmetric: auc\ntitle: </script><script>RUN</script>\ncaption: <img src=x onerror=RUN>\n```",
    "```runs\ntitle: <script>RUN</script>\n```",
    "acme/churn/runs/hostile",
    "[x](acme/churn/runs/hostile)",
    "a [0.9](acme/churn/runs/hostile#metrics.<img%20src=x%20onerror=RUN>)",
    "acme/churn/runs/hostile#metrics",
    "acme/churn/runs/hostile#inputs",
    "![x](acme/churn/runs/hostile#charts/spec)",
    "![x](acme/churn/runs/hostile#texts/words)",
    "![x](acme/churn/runs/hostile#texts/markdown)",
    "![x](acme/churn/runs/hostile#tables/cells)",
]
RUN = "window.ran=1"


@pytest.fixture
def hostile(own_store: Store) -> Store:
    """A run of which every name and text is an attack."""
    import json

    from vitrina.store import kinds
    from vitrina.store.records import Point

    attack = f"</script><img src=x onerror={RUN}>"
    project = own_store.projects.get("acme", "churn")
    run = own_store.runs.create(project, uuid="hostile", name=attack, description=attack, tags=[attack])
    own_store.runs.set_params(run, "input", {attack: attack})
    own_store.metrics.append(run.id, {attack: [Point(0, 0.0, 1.0)], f"<img src=x onerror={RUN}>": [Point(0, 0.0, 1.0)]})
    spec = {
        "title": attack,
        "data": {"values": [{attack: attack, "y": 1, "u": f"javascript:{RUN}"}]},
        "mark": {"type": "point", "tooltip": True, "href": f"javascript:{RUN}"},
        "encoding": {
            "x": {"field": attack, "type": "nominal", "title": attack},
            "y": {"field": "y", "type": "quantitative"},
            "href": {"field": "u", "type": "nominal"},
        },
        "params": [{"name": "p", "expr": f"(()=>{{{RUN}}})()"}],
        "usermeta": {"embedOptions": {"ast": False, "defaultStyle": f"</style><img src=x onerror={RUN}>"}},
    }
    values = {"words": (attack, "text"), "markdown": (attack, "markdown"), "cells": ([{attack: attack}], "table")}
    for name, (value, kind) in values.items():
        taken = kinds.take(value, kind=kind)
        own_store.objects.add(
            run,
            kind=kind,
            section=kinds.section(kind),
            name=name,
            payload=taken.payload,
            media_type=taken.media_type,
            summary=taken.summary,
        )
    own_store.objects.add(
        run,
        kind="chart",
        section="charts",
        name="spec",
        payload=json.dumps(spec).encode(),
        media_type="application/vnd.vegalite.v6+json",
        summary={"library": "vega-lite"},
    )
    return own_store


def attacked(page: Page, html: str, place: Path) -> list[str]:
    """What ran when a page was opened, pointed at and clicked."""
    place.write_text(html, encoding="utf-8")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(f"file://{place}")
    page.mouse.move(30, 30)
    for link in page.locator("#doc-click, .prose a[href^='javascript' i]").all():
        link.click(no_wait_after=True)
    return [*dialogs, *(["window.ran"] if page.evaluate("window.ran") else [])]


def test_no_attack_runs_on_a_live_page(hostile: Store, page: Page, tmp_path: Path) -> None:
    for number, attack in enumerate(CORPUS):
        document = resolve(parse(attack.replace("RUN", RUN)), Reader(hostile, home=parse_ref("acme/churn")))
        html = f"<!doctype html><meta charset=utf-8><title>x</title><main class=prose>{live(document).html}</main>"
        assert attacked(page, html, tmp_path / f"{number}.html") == [], attack


def test_no_attack_runs_in_a_frozen_file(hostile: Store, page: Page, tmp_path: Path, workers: Workers) -> None:
    """All in one file, without its policy, and with Vega really drawing the hostile chart."""
    from datetime import UTC, datetime

    text = "\n\n".join(attack.replace("RUN", RUN) for attack in CORPUS if not attack.startswith("---"))
    text = CORPUS[30].replace("RUN", RUN) + "\n" + text
    document = resolve(parse(text), Reader(hostile, home=parse_ref("acme/churn")))
    edition = edition_of_text(document, name=f"<img src=x onerror={RUN}>", dated=datetime(2026, 11, 20, tzinfo=UTC))
    html = frozen(document, edition, Means(hostile.blobs.read, workers)).decode()
    bare = re.sub(r'<meta http-equiv="content-security-policy"[^>]*>', "", html)
    assert bare != html
    assert attacked(page, bare, tmp_path / "frozen.html") == []
    for chart in page.locator(".chart").all():
        chart.locator("svg, .state").first.wait_for()
    assert page.evaluate("window.ran") is None
