"""The use of an app as a page and as data: for those who may write, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from vitrina.store.usage import DayOfApp, Figures, Viewer

USE = "/demo/tumours/models/classifier@1.0.0/apps/what-if/use"
PAGE = {"accept": "text/html"}


@pytest.fixture
def used(store, shown):
    today, app = datetime.now(UTC).date(), shown.app
    before = today - timedelta(days=2)
    figures = Figures(openings=3, sessions=2, requests=40, errors=1, starts=1, ready=1, ready_s=0.25, ready_most_s=0.25)
    store.use.record(
        {DayOfApp(app.id, today): figures, DayOfApp(app.id, before): Figures(openings=1, memory_most_bytes=5_000_000)},
        [Viewer(app.id, today, "one"), Viewer(app.id, today, "two"), Viewer(app.id, before, "one")],
    )
    return app


def test_a_page_shows_each_day_and_all_together(resident: TestClient, used) -> None:
    page = resident.get(USE, headers=PAGE)
    assert page.status_code == 200
    assert "4 openings by 2 viewers in the last 30 days." in page.text
    assert "<title>" in page.text
    assert ": 3 openings</title>" in page.text
    assert ": 1 opening</title>" in page.text
    assert "at most 3 a day, on" in page.text
    assert "0.2\u202fs" in page.text
    assert "5.0\u202fMB" in page.text
    assert "style=" not in page.text


def test_the_same_is_there_as_data(resident: TestClient, used) -> None:
    use = resident.get(f"{USE}.json").json()["use"]
    assert (use["openings"], use["viewers"], use["errors"], use["ready_mean_s"]) == (4, 2, 1, 0.25)
    assert [(day["openings"], day["viewers"]) for day in use["days"]] == [(1, 1), (3, 2)]
    assert use["days"][1]["day"] == datetime.now(UTC).date().isoformat()


def test_an_app_that_nobody_used_says_so(resident: TestClient, shown) -> None:
    page = resident.get(USE, headers=PAGE).text
    assert "Nobody opened it in the last 30 days." in page
    assert resident.get(f"{USE}.json").json()["use"]["days"] == []


@pytest.mark.parametrize("path", [USE, f"{USE}.json"])
def test_whoever_may_only_read_does_not_find_it(visitor: TestClient, used, path: str) -> None:
    assert visitor.get(path, headers=PAGE).status_code == 404
    assert visitor.get(path.replace("what-if", "no-such"), headers=PAGE).status_code == 404


def test_who_may_write_is_led_there(resident: TestClient, visitor: TestClient, used) -> None:
    for path, words in ((USE.removesuffix("/use"), "its use</a>"), ("/demo/tumours/apps", "4 openings in 30 days</a>")):
        assert words in resident.get(path, headers=PAGE).text
        assert words not in visitor.get(path, headers=PAGE).text
