"""The picture of an app in its card: named by its address on a page, carried by a frozen file, printed on paper."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from vitrina.reports import Document, Means, Reader, Workers, edition_of_text, live, parse, resolve
from vitrina.reports.backends.frozen import frozen
from vitrina.reports.backends.pdf import pdf
from vitrina.reports.edition import Edition
from vitrina.store.opening import Store
from vitrina.store.records import App
from vitrina.store.refs import parse_ref

APP = "acme/churn/models/classifier@1.2.0/apps/what-if"
TEXT = f"# Review\n\nTry it:\n\n{APP}\n"


def drawn() -> bytes:
    """A PNG of one colour that no sheet of ours has."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (128, 80), (210, 20, 220)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def app(own_store: Store) -> App:
    app = own_store.find(APP).app
    assert app is not None
    return app


@pytest.fixture
def pictured(own_store: Store, app: App) -> Document:
    own_store.pictures.keep(app, drawn(), width=128, height=80)
    return document(own_store)


def document(store: Store) -> Document:
    return resolve(parse(TEXT), Reader(store, home=parse_ref("acme/churn")))


def edition(shown: Document) -> Edition:
    made = edition_of_text(shown, name="q3.md", dated=datetime(2026, 11, 20, tzinfo=UTC), project="acme/churn")
    return replace(made, revision=1)


def test_a_page_names_it_by_an_address_that_hangs_on_its_bytes(own_store: Store, app: App, pictured: Document) -> None:
    html = live(pictured).html
    found = re.search(r'<img class="shot" src="/-/blob/app/(\d+)/([0-9a-f]{12})\.png" alt="([^"]*)"', html)
    assert found is not None
    kept = own_store.pictures.of_revisions([app.revision_id])[app.revision_id]
    assert kept.blob is not None
    assert found.groups() == (str(app.revision_id), kept.blob.digest[:12], "Picture of the app What if")


def test_a_card_without_a_picture_stands_as_before(own_store: Store, app: App) -> None:
    assert "with-shot" not in live(document(own_store)).html
    own_store.pictures.fail(app, "Its page stays empty.")
    assert "with-shot" not in live(document(own_store)).html


@pytest.mark.slow
def test_a_frozen_file_carries_it(own_store: Store, pictured: Document, workers: Workers) -> None:
    file = frozen(pictured, edition(pictured), Means(own_store.blobs.read, workers)).decode()
    assert f"data:image/png;base64,{base64.b64encode(drawn()).decode()}" in file


@pytest.mark.slow
def test_it_is_printed(own_store: Store, pictured: Document, workers: Workers) -> None:
    from pypdf import PdfReader

    printed = pdf(pictured, edition(pictured), Means(own_store.blobs.read, workers))
    images = [image.image for page in PdfReader(io.BytesIO(printed)).pages for image in page.images if image.image]
    assert {(image.size, image.convert("RGB").getpixel((64, 40))) for image in images} == {((128, 80), (210, 20, 220))}
