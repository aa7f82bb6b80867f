"""The PDF: what is on its pages, where its links lead, that it is the same twice, and that it asks nobody for
anything."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from vitrina.reports import Document, Edition, Means, Paper, Reader, Workers, edition_of_text, parse, resolve
from vitrina.reports.backends.pdf import pdf
from vitrina.store import kinds
from vitrina.store.opening import Store
from vitrina.store.refs import parse_ref

pytestmark = pytest.mark.slow

HOME = parse_ref("acme/churn")
HUB = "https://hub.example.org"
MODEL = "acme/churn/models/classifier"
DATED = datetime(2026, 11, 20, 16, 40, tzinfo=UTC)


def edition(document: Document) -> Edition:
    made = edition_of_text(document, name="q3-review.md", dated=DATED, project="acme/churn", hub_url=HUB)
    return replace(made, ref="acme/churn/reports/q3-review", revision=2, snapshot=4)


def printed(store: Store, workers: Workers, text: str, **settings: Any) -> bytes:
    document = resolve(parse(text), Reader(store, home=HOME))
    return pdf(document, edition(document), Means(store.blobs.read, workers), **settings)


@pytest.fixture(scope="module")
def file(sample: Store, workers: Workers) -> bytes:
    text = (Path(__file__).parent / "texts" / "q3-review.md").read_text(encoding="utf-8")
    return printed(sample, workers, text)


@pytest.fixture(scope="module")
def pages(file: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(file))


def words(pages: PdfReader) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pages.pages]


def links(pages: PdfReader) -> set[str]:
    found: set[str] = set()
    for page in pages.pages:
        for note in page.get("/Annots") or []:
            action = note.get_object().get("/A", {})
            if "/URI" in action:
                found.add(str(action["/URI"]))
    return found


def test_the_cover_has_reference_title_summary_authors_date_and_number(pages: PdfReader) -> None:
    cover = words(pages)[0]
    for said in (
        "Report acme/churn/reports/q3-review",
        "Third-quarter review of the churn model",
        "We ask to put it into production.",
        "model-author, data-reviewer",
        "20 November 2026",
        "Snapshot 4",
    ):
        assert said in cover


def test_the_contents_name_the_page_of_each_heading(pages: PdfReader) -> None:
    cover, *rest = words(pages)
    for heading in ("What we propose", "How good is it", "Learning", "What we ask", "Sources"):
        page = next(
            number for number, text in enumerate(rest, start=2) if heading in text.removeprefix("Third-quarter")
        )
        assert f"{heading} {page}" in cover


def test_every_page_but_the_first_has_running_heads_and_its_number(pages: PdfReader) -> None:
    count = len(pages.pages)
    assert 5 <= count <= 9
    for number, text in enumerate(words(pages)[1:], start=2):
        assert "Third-quarter review of the churn model acme/churn" in text
        assert f"{number} / {count}" in text
        assert "Snapshot 4 · " in text
        assert "20 November 2026" in text


def test_numbers_and_their_sources_are_in_the_text(pages: PdfReader) -> None:
    text = " ".join(words(pages))
    assert "reaches an AUC of 0.913 2 against 0.908 3" in text
    assert f"0.913 {MODEL}@1.2.0#metrics.auc, run brisk-heron" in text
    assert "Figure 1 Higher is better." in text
    assert "Table 1 Metrics" in text


def test_links_lead_to_the_hub(pages: PdfReader) -> None:
    found = links(pages)
    assert f"{HUB}/{MODEL}@1.2.0" in found
    assert f"{HUB}/acme/churn/reports/q3-review" in found
    assert all(link.startswith((f"{HUB}/", "https://")) for link in found)


def test_headings_are_bookmarks(pages: PdfReader) -> None:
    titles = [str(one.title) for one in pages.outline if not isinstance(one, list)]
    assert titles == ["What we propose", "How good is it", "For whom it is worse", "What we ask", "Sources"]


def test_its_metadata_is_the_revisions(pages: PdfReader) -> None:
    told = pages.metadata
    assert told is not None
    assert (told.title, told.author) == ("Third-quarter review of the churn model", "model-author, data-reviewer")
    assert told.creation_date == told.modification_date == DATED


def test_no_figure_was_left_out(pages: PdfReader) -> None:
    text = " ".join(words(pages))
    reason = re.search("cannot be shown.{0,200}", text)
    assert reason is None, reason


def test_its_charts_are_on_its_pages(file: bytes, tmp_path: Path) -> None:
    """Each of our series' colours is found in the pictures of the pages: the drawings are really there."""
    pdftoppm = shutil.which("pdftoppm")
    assert pdftoppm, "poppler-utils is not installed; `make test` installs it"
    (tmp_path / "report.pdf").write_bytes(file)
    subprocess.run([pdftoppm, "-r", "60", "report.pdf", "page"], cwd=tmp_path, check=True)
    first, second, third = (0x0B, 0x73, 0x6B), (0xC9, 0x83, 0x1E), (0x8F, 0x81, 0xF7)
    found = {picture.stem: colours(picture) for picture in sorted(tmp_path.glob("*.ppm"))}
    assert sum(near(first, seen) for seen in found.values()) >= 3
    assert sum(near(second, seen) and near(third, seen) for seen in found.values()) >= 2


def colours(picture: Path) -> set[tuple[int, int, int]]:
    """The colours of a PPM."""
    content = picture.read_bytes()
    _, size, _, pixels = content.split(b"\n", 3)
    width, height = (int(number) for number in size.split())
    return {(pixels[at], pixels[at + 1], pixels[at + 2]) for at in range(0, width * height * 3, 3)}


def near(colour: tuple[int, int, int], seen: set[tuple[int, int, int]]) -> bool:
    """Whether something of about this colour is there: thin lines are mixed with the paper."""
    return any(sum(abs(a - b) for a, b in zip(colour, other, strict=True)) < 40 for other in seen)


def test_the_same_report_is_the_same_file(file: bytes, sample: Store, review: str) -> None:
    """Also from another worker, which is another process."""
    with Workers() as others:
        assert printed(sample, others, review) == file


def test_another_text_is_another_file(file: bytes, sample: Store, workers: Workers, review: str) -> None:
    assert printed(sample, workers, review + "\nMore.\n") != file


def test_it_is_printed_on_letter_too(sample: Store, workers: Workers) -> None:
    box = PdfReader(io.BytesIO(printed(sample, workers, "Text.", paper=Paper.LETTER))).pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (612, 792)


def test_a_long_table_is_cut_and_says_so(sample: Store, workers: Workers) -> None:
    pages = PdfReader(io.BytesIO(printed(sample, workers, "![Errors](acme/churn/runs/brisk-heron#tables/errors)")))
    text = " ".join(words(pages))
    assert "c099" in text
    assert "c100" not in text
    assert "100 of 150 rows; all of them." in text
    assert len([page for page in words(pages) if "customer segment error" in page]) > 1


def test_figures_of_plotly_and_bokeh_are_drawn_anew_and_say_so(pages: PdfReader) -> None:
    text = " ".join(words(pages))
    assert "Drawn anew from the data of a Plotly figure." in text
    assert "Drawn anew from the data of a Bokeh figure." in text


def test_without_a_hub_references_are_text(sample: Store, workers: Workers) -> None:
    document = resolve(parse(f"See [it]({MODEL}@1.2.0)."), Reader(sample, home=HOME))
    content = pdf(document, replace(edition(document), hub_url=None), Means(sample.blobs.read, workers))
    pages = PdfReader(io.BytesIO(content))
    assert links(pages) == set()
    assert "it 1.2.0" in " ".join(words(pages))


def test_names_are_text(own_store: Store, workers: Workers) -> None:
    run = own_store.find("acme/churn/runs/prepare").run
    assert run is not None
    own_store.runs.describe(run, name='<b>x</b>" onload="y')
    pages = PdfReader(io.BytesIO(printed(own_store, workers, f"{run.ref}\n")))
    assert '<b>x</b>" onload="y' in " ".join(words(pages))


def test_a_chart_that_kills_its_worker_costs_a_box_in_its_place(own_store: Store) -> None:
    run = own_store.find("acme/churn/runs/prepare").run
    assert run is not None
    spec = {
        "data": {"values": [{"x": place} for place in range(1000)]},
        "transform": [{"calculate": "sequence(0, 100000)", "as": "s"}, {"flatten": ["s"]}],
        "mark": "point",
        "encoding": {"x": {"field": "s", "type": "quantitative"}},
    }
    taken = kinds.take(spec)
    own_store.objects.add(
        run,
        kind=taken.kind,
        section="charts",
        name="bomb",
        payload=taken.payload,
        media_type="x",
        summary=taken.summary,
    )
    from vitrina.reports import Limits

    with Workers(limits=Limits(memory_bytes=1024**3, deadline_s=60)) as workers:
        pages = PdfReader(io.BytesIO(printed(own_store, workers, f"Before.\n\n![x]({run.ref}#charts/bomb)\n\nAfter.")))
    text = " ".join(words(pages))
    assert "This figure cannot be shown The renderer died while it worked on this" in text
    assert "Before." in text
    assert "After." in text


@dataclass
class Canary:
    """A server that nobody should ask."""

    url: str
    hits: list[str] = field(default_factory=list[str])


@pytest.fixture
def canary() -> Iterator[Canary]:
    hits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Not on our standard error."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Canary(f"http://127.0.0.1:{server.server_address[1]}", hits)
    server.shutdown()
    thread.join()
    server.server_close()


def hostile(url: str) -> str:
    """A text that asks for an address in every way that a page can."""
    return f"""
![a]({url}/markdown)

    <img src="{url}/img" srcset="{url}/srcset 2x"><picture><source srcset="{url}/source"></picture> <link
    rel="stylesheet" href="{url}/link"><style>@import "{url}/import"; @font-face {{ font-family: x; src: url({url}/font)
    }}</style> <p style="background: url({url}/background)">x</p><object data="{url}/object"></object><embed
    src="{url}/embed"> <svg><image href="{url}/svg" /></svg><video poster="{url}/poster" src="{url}/video"></video><base
    href="{url}/"> <link rel="attachment" href="{url}/attachment"><iframe src="{url}/iframe"></iframe><a
    rel="attachment" href="{url}/a">x</a> """


def test_nothing_is_ever_fetched(canary: Canary, own_store: Store) -> None:
    """Neither by what the author wrote, nor by a logged picture, nor by a logged chart. The worker keeps its network
    here, so that the fetcher alone is what stands in the way."""
    run = own_store.find("acme/churn/runs/prepare").run
    assert run is not None
    inner = f'<image href="{canary.url}/in-svg" width="9" height="9"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{inner}</svg>'
    own_store.objects.add(
        run,
        kind="image",
        section="images",
        name="picture",
        payload=svg.encode(),
        media_type="image/svg+xml",
        summary={"media_type": "image/svg+xml", "width": 9, "height": 9},
    )
    marks = {
        "data": {"values": [{"u": f"{canary.url}/mark"}]},
        "mark": {"type": "image", "width": 9, "height": 9},
        "encoding": {"url": {"field": "u", "type": "nominal"}},
    }
    own_store.objects.add(
        run,
        kind="chart",
        section="charts",
        name="marks",
        payload=json.dumps(marks).encode(),
        media_type="application/vnd.vegalite.v6+json",
        summary={"library": "vega-lite"},
    )
    text = f"{hostile(canary.url)}\n\n![p]({run.ref}#images/picture)\n\n![m]({run.ref}#charts/marks)\n"
    with Workers() as workers:
        content = printed(own_store, workers, text)
    assert content.startswith(b"%PDF")
    assert canary.hits == []
