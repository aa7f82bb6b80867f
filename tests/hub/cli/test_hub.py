"""`vitrina hub` with addresses that cannot be: it says what to do, and starts nothing."""

from __future__ import annotations

import pytest

from vitrina.hub import running
from vitrina.hub.running import NoHubError

PUBLIC = ("--public-url", "https://vitrina.example.org")
APPS = ("--apps-url", "https://*.apps.example.org")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (PUBLIC, "--apps-url https://*.apps.example.org gives each app an origin of its own"),
        (("--public-url", "vitrina.example.org", *APPS), "--public-url vitrina.example.org is no address of a hub."),
        (("--public-url", "https://*.example.org", *APPS), "only apps have a wildcard name"),
        ((*PUBLIC, "--apps-url", "https://apps.example.org/path"), "is no address of a hub."),
        ((*PUBLIC, *APPS, "--proxy", "nginx"), "--proxy nginx is no address and no network."),
        (("--host", "0.0.0.0", *PUBLIC, *APPS), "nobody is an administrator of this hub yet"),
    ],
)
def test_an_address_that_cannot_be_is_refused(vitrina, home, options: tuple[str, ...], said: str) -> None:
    refused = vitrina("hub", "--port", "0", "--no-open", "--home", home, *options)
    assert refused.code == 1
    assert said in refused.err
    assert not refused.out
    with pytest.raises(NoHubError):
        running.find(home)
