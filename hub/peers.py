"""From which address somebody comes, where a proxy stands between. Pure.

A proxy says for whom it asks (X-Forwarded-For), and so can anybody: it is believed of this machine's proxies and of
those that were named, and of nobody at all where the hub was not told that one stands before it. Scheme and name of
the public address are never read from a header: they are settings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from vitrina.store.errors import VitrinaError

if TYPE_CHECKING:
    from vitrina.hub.settings import Settings

PROXY = "--proxy"

OF_THIS_MACHINE = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))


class ProxyError(VitrinaError):
    """What was given as a proxy's address is none."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{PROXY} {text} is no address and no network.", hint=f"Such as {PROXY} 10.0.0.7 or {PROXY} 10.0.0.0/24."
        )


@dataclass(frozen=True, slots=True)
class Peers:
    """Who is believed about whom they ask for."""

    trusted: tuple[IPv4Network | IPv6Network, ...]

    @classmethod
    def of(cls, settings: Settings) -> Peers:
        """The proxies of a hub. Raises ProxyError."""
        named = tuple(network(text) for text in settings.proxies)
        return cls((*OF_THIS_MACHINE, *named) if settings.is_proxied else named)

    def address(self, peer: str, forwarded: Iterable[str]) -> str:
        """Who asks: the peer or, where that is believed, the last one it names that is none of ours.

        `forwarded` are the values of X-Forwarded-For, in their order.
        """
        asker = peer
        for named in reversed([part.strip() for value in forwarded for part in value.split(",")]):
            if not self._is_trusted(asker) or _address(named) is None:
                break
            asker = named
        return asker

    def _is_trusted(self, address: str) -> bool:
        return _is_within(address, self.trusted)


def network(text: str) -> IPv4Network | IPv6Network:
    """An address or a network, as somebody gave it. Raises ProxyError."""
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise ProxyError(text) from error


@lru_cache(maxsize=1024)
def _is_within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    found = _address(address)
    return found is not None and any(found in one for one in networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address in a text; an IPv4 address that came over IPv6 is the former."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
