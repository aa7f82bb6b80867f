"""Connections to apps, kept open between requests: one pool for each place where an app serves."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import BaseConnector, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, UnixConnector

from vitrina.apps.crowd import Seat
from vitrina.apps.life import Address, TcpAddress, UnixAddress
from vitrina.store.records import App

CONNECT_TIMEOUT_S = 5.0
"""The app serves already: a connection takes no time, unless its server is stuck."""

HEADER_BYTES = 32 * 1024
"""The longest header, either way: pages of apps put whole states into addresses and cookies."""

KEPT_S = 4.0
"""Less than any framework's server keeps an idle connection (uvicorn 5 s): none is closed while a request is sent."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Connections to one app."""

    address: Address
    client: ClientSession
    root: str
    """What its URLs begin with; for a Unix socket a name that nobody looks up."""


class Pools:
    """A pool for each app. Lives in one event loop; close it there."""

    def __init__(self) -> None:
        self._open: dict[str, Pool] = {}

    async def of(self, app: App, seat: Seat) -> Pool:
        """The pool of the instance of an app at which somebody sits."""
        return await self.at(f"{app.label}/{seat.number}", seat.address)

    async def at(self, key: str, address: Address) -> Pool:
        """The pool of the app `key`, which serves at `address` now; connections to a former place are closed."""
        known = self._open.get(key)
        if known is not None and known.address == address:
            return known
        self._open[key] = made = _pool(address)
        if known is not None:
            await known.client.close()
        return made

    async def close(self) -> None:
        """Close every connection."""
        while self._open:
            _, pool = self._open.popitem()
            await pool.client.close()


def _pool(address: Address) -> Pool:
    match address:
        case UnixAddress(path):
            return Pool(address, _client(UnixConnector(str(path), limit=0, keepalive_timeout=KEPT_S)), "http://app")
        case TcpAddress(host, port):
            name = f"[{host}]" if ":" in host else host
            return Pool(address, _client(TCPConnector(limit=0, keepalive_timeout=KEPT_S)), f"http://{name}:{port}")


def _client(connector: BaseConnector) -> ClientSession:
    """A client that passes bytes on: no cookies of its own, no decompression, no limit of time once it is connected."""
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        timeout=ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
        max_line_size=HEADER_BYTES,
        max_field_size=HEADER_BYTES,
        skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
    )
