"""docs/apps-port.md says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.apps import viewing
from vitrina.hub.peers import PROXY
from vitrina.hub.proxy import asked, openings, passes, request_headers, response_headers, routes, visits, waiting
from vitrina.hub.proxy.limits import Limits
from vitrina.hub.proxy.waiting import Told
from vitrina.hub.settings import APPS_URL, NO_PICTURES, PUBLIC_URL, UPLOAD

PAGE = (Path(__file__).parents[3] / "docs" / "apps-port.md").read_text()


@pytest.mark.parametrize("path", [routes.ENTER, routes.ENTERED, routes.STATE, routes.START, routes.STATIC])
def test_every_address_of_the_fronts_own_has_a_row(path: str) -> None:
    assert any(line.startswith(f"| `{path}") for line in PAGE.splitlines())


@pytest.mark.parametrize("what", Told)
def test_every_status_has_a_row(what: Told) -> None:
    assert what is Told.BROKEN or f"\n| {what.status} | " in PAGE


@pytest.mark.parametrize("name", sorted({*request_headers.FORGEABLE, *response_headers.REACHING_BEYOND}))
def test_every_header_that_is_left_out_is_named(name: str) -> None:
    assert f"`{name}" in PAGE.lower()


@pytest.mark.parametrize(
    "words", [*asked.SELF_SENT, asked.SELF_SENT_BELOW, passes.COOKIE, passes.BELOW_A_PATH, passes.WEAK, waiting.WORD]
)
def test_names_are_those_of_the_code(words: str) -> None:
    assert words in PAGE


@pytest.mark.parametrize("name", [*viewing.SIGNED, viewing.SIGNATURE])
def test_every_header_that_says_who_looks_has_a_row(name: str) -> None:
    assert f"\n| `{name}` | " in PAGE.lower()


@pytest.mark.parametrize("option", [PUBLIC_URL, APPS_URL, PROXY, UPLOAD, NO_PICTURES])
def test_every_option_that_is_felt_here_is_named(option: str) -> None:
    assert f"{option} " in PAGE or f"{option}`" in PAGE


def test_figures_are_those_of_the_code() -> None:
    limits = Limits()
    assert f"above {limits.upload_bytes // 10**9} GB" in PAGE
    assert f"at most {limits.message_bytes // 2**20} MB" in PAGE
    assert f"held for {limits.hold_s:g} s" in PAGE
    assert f"shown for {openings.CRASH_SHOWN.seconds} s" in PAGE
    assert f"{passes.LIFE.seconds // 3600} hours" in PAGE
    assert f"most {visits.FRESH_S:g} s ago" in PAGE
