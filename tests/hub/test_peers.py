"""Whose word is taken on who asks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from vitrina.hub.peers import Peers, ProxyError
from vitrina.hub.settings import Settings
from vitrina.store.home import place

PUBLIC = {"public_url": "https://vitrina.example.org", "public_apps_url": "https://*.apps.example.org"}


@pytest.fixture
def alone(home: Path) -> Settings:
    return Settings(place(home=home))


@pytest.mark.parametrize(
    ("peer", "forwarded", "asker"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("::1", ["2001:db8::9"], "2001:db8::9"),
        ("127.0.0.1", ["198.51.100.1, 203.0.113.9"], "203.0.113.9"),  # the first was said by whoever asked
        ("127.0.0.1", ["198.51.100.1", "203.0.113.9, 10.0.0.7"], "203.0.113.9"),  # over two of ours
        ("10.0.0.8", ["203.0.113.9"], "203.0.113.9"),
        ("::ffff:10.0.0.8", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.1.8", ["203.0.113.9"], "10.0.1.8"),
        ("127.0.0.1", ["unknown"], "127.0.0.1"),
        ("127.0.0.1", ["<script>, "], "127.0.0.1"),
        ("", ["203.0.113.9"], ""),
    ],
)
def test_behind_a_proxy_it_names_who_asks(alone: Settings, peer: str, forwarded: list[str], asker: str) -> None:
    peers = Peers.of(replace(alone, **PUBLIC, proxies=("10.0.0.0/24",)))
    assert peers.address(peer, forwarded) == asker


def test_with_no_proxy_nobody_is_believed(alone: Settings) -> None:
    assert Peers.of(alone).address("127.0.0.1", ["203.0.113.9"]) == "127.0.0.1"


def test_what_is_no_address_is_refused(alone: Settings) -> None:
    with pytest.raises(ProxyError, match=r"10\.0\.0\.300"):
        Peers.of(replace(alone, proxies=("10.0.0.300",)))
