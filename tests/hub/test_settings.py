"""The addresses that follow from a hub's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.hub.settings import Settings, is_loopback
from vitrina.store.home import place


def settings(home: Path, host: str = "127.0.0.1") -> Settings:
    return Settings(place(home=home), host=host, port=9000, apps_port=9001)


def test_apps_have_origins_of_their_own(home: Path) -> None:
    one = settings(home)
    assert one.portal_url == "http://localhost:9000"
    assert one.apps_origin("what-if-1-0-0-0123456789") == "http://what-if-1-0-0-0123456789.localhost:9001"


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
