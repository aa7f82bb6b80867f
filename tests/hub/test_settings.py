"""The addresses that follow from a hub's settings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from vitrina.hub.processes.child import settings_as_text, settings_from_text
from vitrina.hub.settings import Settings, is_loopback
from vitrina.hub.sites import OwnOrigins, SharedOrigin
from vitrina.store.home import place


def settings(home: Path, host: str = "127.0.0.1") -> Settings:
    return Settings(place(home=home), host=host, port=9000, apps_port=9001)


def test_apps_have_origins_of_their_own(home: Path) -> None:
    one = settings(home)
    assert one.portal_url == "http://localhost:9000"
    assert one.sites == OwnOrigins("http", "localhost", 9001)
    assert one.apps_url == "http://localhost:9001"


def test_where_browsers_do_not_look_for_such_names_apps_share_one(home: Path) -> None:
    assert settings(home, "127.0.0.2").sites == SharedOrigin("http://127.0.0.2:9001")


def test_behind_a_proxy_the_public_addresses_count(home: Path) -> None:
    one = replace(
        settings(home), public_url="https://Vitrina.example.org/", public_apps_url="https://*.apps.example.org:443"
    )
    assert one.portal_url == "https://vitrina.example.org"
    assert one.local_url == "http://localhost:9000"
    assert one.sites == OwnOrigins("https", "apps.example.org")
    assert "vitrina.example.org" in one.host_names
    assert "apps.example.org" in one.apps_host_names
    assert "vitrina.example.org" not in one.apps_host_names


def test_proxies_come_back_from_json_as_they_went(home: Path) -> None:
    one = replace(settings(home), proxies=("10.0.0.7",))
    assert settings_from_text(settings_as_text(one)) == one


def test_a_host_that_was_given_is_in_the_address(home: Path) -> None:
    assert settings(home, "127.0.0.2").portal_url == "http://127.0.0.2:9000"
    assert settings(home, "::1").apps_url == "http://[::1]:9001"
    assert settings(home, "127.0.0.2").host_names == {"localhost", "127.0.0.1", "[::1]", "127.0.0.2"}


def test_the_secret_is_not_printed(home: Path) -> None:
    one = settings(home)
    assert len(one.secret) >= 32
    assert one.secret not in repr(one)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_these_hosts_are_this_machine_alone(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", "127.0.0.1.example.org", ""])
def test_these_hosts_are_not(host: str) -> None:
    assert not is_loopback(host)
