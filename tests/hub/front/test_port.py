"""The apps port under the hub's own names."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

pytestmark = pytest.mark.anyio


async def get(house, path: str, host: str = "localhost") -> tuple[int, str | None, str]:
    url = f"http://{host}:{house.settings.apps_port}{path}"
    async with house.client.get(url, headers={"Accept": "text/html"}, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location"), await answer.text()


@pytest.mark.parametrize("version", ["1.0.0", "latest", "^1", "champion"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_an_app_in_words_leads_to_the_exact_version_on_the_portal(house, shown, version: str, host: str) -> None:
    house.store.promotions.alias(shown.version, "champion")
    status, location, _ = await get(house, f"/demo/tumours/classifier/{version}/what-if/", host)
    portal = house.settings.portal_url
    assert (status, location) == (302, f"{portal}/demo/tumours/models/classifier@1.0.0/apps/what-if/open")


async def test_the_place_inside_the_app_is_kept(house, shown) -> None:
    _, location, _ = await get(house, "/demo/tumours/classifier/latest/what-if@1/page?a=1")
    assert location is not None
    assert unquote(location).endswith("@1.0.0/apps/what-if@1/open?to=/page?a=1")


async def test_nothing_is_told_of_what_a_visitor_may_not_see(house, hidden) -> None:
    """Not even which version is the latest: the words go to the portal as they are."""
    status, location, _ = await get(house, "/acme/secret/classifier/latest/what-if/")
    assert (status, location) == (
        302,
        f"{house.settings.portal_url}/acme/secret/models/classifier@latest/apps/what-if/open",
    )
    _, absent, _ = await get(house, "/acme/absent/classifier/latest/what-if/")
    assert absent == location.replace("secret", "absent")


async def test_the_port_itself_leads_to_the_portal(house) -> None:
    assert (await get(house, "/"))[:2] == (302, f"{house.settings.portal_url}/")


@pytest.mark.parametrize("path", ["/nothing", "/a/b/c/d", "/-/vitrina/enter", "/a/b/c/1.0.0/app@x/"])
async def test_other_paths_are_nothing(house, path: str) -> None:
    status, location, text = await get(house, path)
    assert (status, location) == (404, None)
    assert "There is no page here for you" in text


async def test_what_browsers_and_robots_ask_for_is_answered(house) -> None:
    assert (await get(house, "/robots.txt"))[2] == "User-agent: *\nDisallow: /\n"
    assert "<svg" in (await get(house, "/favicon.ico"))[2]
    assert (await get(house, "/manifest.json"))[2] == "{}"


@pytest.mark.parametrize("host", ["evil.example", "a.b.localhost", "localhost.evil.example"])
async def test_other_names_are_refused(house, host: str) -> None:
    status, _, text = await get(house, "/", host)
    assert status == 421
    assert "No app goes by this name" in text
