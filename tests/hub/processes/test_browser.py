"""In a real browser: the one-time link, the session's cookie, and what a visitor is shown."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

COOKIE = "__Host-vitrina"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_the_link_signs_in_and_is_gone_from_the_address(hub, page, hidden, vitrina, host: str) -> None:
    portal = hub.url.replace("localhost", host)
    assert page.goto(f"{portal}/acme/secret").status == 404
    link = vitrina("hub", "link").out.strip().replace("localhost", host)
    page.goto(link)
    assert page.url == f"{portal}/"
    [cookie] = [one for one in page.context.cookies() if one["name"] == COOKIE]
    assert (cookie["domain"], cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (host, True, True, "Lax")
    assert page.goto(f"{portal}/acme/secret").status == 200
    page.goto(f"{portal}/-/status")
    assert page.get_by_role("heading", name="Protections").is_visible()


def test_a_used_link_says_what_to_do(hub, new_context, vitrina) -> None:
    link = vitrina("hub", "link").out.strip()
    new_context().new_page().goto(link)
    other = new_context().new_page()
    assert other.goto(link).status == 410
    assert "vitrina hub link" in other.inner_text("main")


def test_another_page_cannot_use_the_session(hub, page, vitrina) -> None:
    page.goto(vitrina("hub", "link").out.strip())
    page.goto(f"data:text/html,<form method=post action={hub.url}/-/sign-out><button>Go</button></form>")
    page.get_by_role("button").click()
    page.wait_for_url(f"{hub.url}/-/sign-out")
    assert "must come from the hub" in page.content()
    assert page.goto(f"{hub.url}/-/status").status == 200
