"""The portal's page of an app: what stands in its bar, which version is opened, and what is said of newer ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from vitrina.hub.portal import create_portal
from vitrina.hub.settings import Settings
from vitrina.store.apps import AppDraft
from vitrina.store.opening import Store, open_store
from vitrina.store.records import App, Move, Project, Running, Version, Visibility
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.versions import Stage

PORTAL = "http://localhost:8400"
MODEL = "/acme/churn/models/classifier"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class House:
    """A store with three versions of a model, each with an app of the same name, and a visitor's browser."""

    store: Store
    visitor: TestClient
    apps: dict[str, App]

    def page(self, path: str) -> str:
        answer = self.visitor.get(f"{MODEL}{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def tells(self, app: App, state: str, reason: str = "") -> None:
        """The front says how an instance of an app is."""
        told = Running(app.revision_id, "front", state, reason, None, "", None, NOW)
        self.store.instances.note(told)
        self.store.instances.record([Move(app.revision_id, 1, state, reason, NOW)])


def frame(page: str) -> str:
    found = re.search(r'<iframe src="([^"]+)"', page)
    assert found is not None
    return found[1]


def log_app(store: Store, version: Version, content: str) -> App:
    return store.apps.log(version, "what-if", AppDraft(content.encode(), content, "gradio", "app.py", "."))


def log_version(store: Store, project: Project, folder: Path, number: str) -> Version:
    file = folder / "model"
    file.write_text(number)
    return store.registry.log(project, Noun.MODEL, "classifier", Draft([("model", file)]), version=number).version


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_store(home=tmp_path / "home") as store:
        project = store.projects.describe(store.projects.ensure("acme", "churn"), visibility=Visibility.PUBLIC)
        versions = [
            log_version(store, project, tmp_path, number) for number in ("1.0.0", "1.1.0", "2.0.0", "3.0.0-rc.1")
        ]
        apps = {version.number: log_app(store, version, f"app of {version.number}") for version in versions}
        store.promotions.promote(versions[1], Stage.PRODUCTION)
        with TestClient(create_portal(Settings(place=store.place), store), base_url=PORTAL) as visitor:
            yield House(store, visitor, apps)


def test_the_bar_names_project_model_version_and_stage_and_leads_to_the_app_in_other_versions(house: House) -> None:
    page = house.page("@1.1.0/apps/what-if")
    bar = page[page.index('class="slim"') : page.index("</header>")]
    assert "acme/churn" in bar
    assert "classifier" in bar
    assert "1.1.0" in bar
    assert "production" in bar
    menu = page[page.index('id="versions"') : page.index("</nav>", page.index('id="versions"'))]
    for number in house.apps:
        assert f'href="{MODEL}@{number}/apps/what-if"' in menu
    assert menu.count("this one") == menu.count('aria-current="page"') == 1


@pytest.mark.parametrize("number", ["1.0.0", "1.1.0"])
def test_an_old_version_says_that_a_newer_one_exists_and_leads_to_the_same_app_there(house: House, number: str) -> None:
    page = house.page(f"@{number}/apps/what-if")
    assert f"This is {number}. 2.0.0 is newer." in page
    assert f'href="{MODEL}@2.0.0/apps/what-if">Open 2.0.0' in page


@pytest.mark.parametrize("number", ["2.0.0", "3.0.0-rc.1"])
def test_nobody_is_sent_from_the_newest_release_to_a_pre_release(house: House, number: str) -> None:
    assert "is newer" not in house.page(f"@{number}/apps/what-if")


def test_an_old_revision_says_that_a_newer_one_exists(house: House) -> None:
    newer = log_app(house.store, house.apps["2.0.0"].version, "changed")
    assert "This is revision 1 of the app. Revision 2 is newer." in house.page("@2.0.0/apps/what-if@1")
    assert frame(house.page("@2.0.0/apps/what-if")) == f"{MODEL}@2.0.0/apps/what-if@{newer.revision}/open"


@pytest.mark.parametrize(
    ("asked", "opened"),
    [("", "2.0.0"), ("@latest", "3.0.0-rc.1"), ("@production", "1.1.0"), ("@^1.0", "1.1.0"), ("@1.0.0", "1.0.0")],
)
def test_a_name_that_moves_opens_the_exact_version(house: House, asked: str, opened: str) -> None:
    assert frame(house.page(f"{asked}/apps/what-if")) == f"{MODEL}@{opened}/apps/what-if@1/open"


def test_when_a_name_moves_newcomers_get_the_new_one(house: House) -> None:
    house.tells(house.apps["1.1.0"], "ready")
    house.store.promotions.promote(house.apps["2.0.0"].version, Stage.PRODUCTION)
    assert frame(house.page("@production/apps/what-if")) == f"{MODEL}@2.0.0/apps/what-if@1/open"


def test_when_the_new_one_does_not_start_the_last_that_worked_is_opened_and_the_page_says_so(house: House) -> None:
    house.tells(house.apps["1.0.0"], "ready")
    house.tells(house.apps["2.0.0"], "crashed", "No module named 'nowhere'.")
    page = house.page("/apps/what-if")
    assert frame(page) == f"{MODEL}@1.0.0/apps/what-if@1/open"
    assert "Classifier 2.0.0 does not start: No module named &#39;nowhere&#39;." in page
    assert "This is classifier 1.0.0, the last that worked." in page
    assert f'href="{MODEL}@2.0.0/apps/what-if@1">Open classifier 2.0.0 all the same' in page
    to = house.visitor.get(f"{MODEL}@latest/apps/what-if/open", follow_redirects=False)
    assert house.apps["3.0.0-rc.1"].label in to.headers["location"]
    to = house.visitor.get(f"{MODEL}/apps/what-if/open", follow_redirects=False)
    assert house.apps["1.0.0"].label in to.headers["location"]


def test_an_exact_version_is_opened_also_when_it_does_not_start(house: House) -> None:
    house.tells(house.apps["1.0.0"], "ready")
    house.tells(house.apps["2.0.0"], "crashed", "No module named 'nowhere'.")
    assert frame(house.page("@2.0.0/apps/what-if@1")) == f"{MODEL}@2.0.0/apps/what-if@1/open"


def test_a_revision_that_does_not_start_gives_way_to_the_one_before_it_in_the_same_version(house: House) -> None:
    house.tells(house.apps["2.0.0"], "ready")
    changed = log_app(house.store, house.apps["2.0.0"].version, "changed")
    house.tells(changed, "crashed", "It ended at once.")
    page = house.page("@2.0.0/apps/what-if")
    assert frame(page) == f"{MODEL}@2.0.0/apps/what-if@1/open"
    assert "Revision 2 does not start: It ended at once. This is revision 1, the last that worked." in page


def test_one_that_fails_its_rehearsal_gives_way_though_it_is_served(house: House) -> None:
    house.tells(house.apps["1.0.0"], "ready")
    house.tells(house.apps["1.1.0"], "ready")
    house.tells(house.apps["1.1.0"], "unfit", "Its code fails.")
    house.tells(house.apps["2.0.0"], "ready")
    house.tells(house.apps["2.0.0"], "unfit", "The app is served, but its code fails.")
    page = house.page("/apps/what-if")
    assert frame(page) == f"{MODEL}@1.0.0/apps/what-if@1/open"
    assert "Classifier 2.0.0 does not work: The app is served, but its code fails." in page
    house.tells(house.apps["2.0.0"], "rehearsed")
    assert frame(house.page("/apps/what-if")) == f"{MODEL}@2.0.0/apps/what-if@1/open"


def test_one_that_worked_before_it_crashed_is_opened_again(house: House) -> None:
    house.tells(house.apps["1.1.0"], "ready")
    house.tells(house.apps["2.0.0"], "ready")
    house.tells(house.apps["2.0.0"], "crashed", "It took too much memory.")
    assert frame(house.page("/apps/what-if")) == f"{MODEL}@2.0.0/apps/what-if@1/open"


def test_its_picture_is_served_inert_and_its_address_hangs_on_its_bytes(house: House) -> None:
    house.store.pictures.keep(house.apps["3.0.0-rc.1"], b"\x89PNG first", width=1280, height=800)
    page = house.visitor.get("/acme/churn").text
    found = re.search(r'<img class="shot" src="([^"]+)" alt="" loading="lazy" width="1280" height="800">', page)
    assert found is not None
    answer = house.visitor.get(found[1])
    assert (answer.content, answer.headers["content-type"]) == (b"\x89PNG first", "image/png")
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    house.store.pictures.keep(house.apps["3.0.0-rc.1"], b"\x89PNG second", width=1280, height=800)
    assert found[1] not in house.visitor.get("/acme/churn").text


def test_a_picture_of_a_private_app_is_not_there_for_a_visitor(house: House) -> None:
    app = house.apps["2.0.0"]
    house.store.pictures.keep(app, b"\x89PNG", width=1280, height=800)
    path = f"/-/blob/app/{app.revision_id}/0123456789ab.png"
    assert house.visitor.get(path).status_code == 200
    house.store.projects.describe(app.version.collection.project, visibility=Visibility.PRIVATE)
    hidden, absent = house.visitor.get(path), house.visitor.get("/-/blob/app/999999/0123456789ab.png")
    assert hidden.status_code == absent.status_code == 404


def test_who_may_write_asks_for_a_new_picture_and_a_visitor_may_not(house: House) -> None:
    app = house.apps["2.0.0"]
    house.store.pictures.keep(app, b"\x89PNG", width=1280, height=800)
    path = "/api/v1/projects/acme/churn/models/classifier/versions/2.0.0/apps/what-if/picture"
    assert house.visitor.post(path).status_code in {401, 403}
    assert app.revision_id not in house.store.pictures.due()
