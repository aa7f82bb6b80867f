"""The one road out of the sandbox in which uv runs: to the hosts of the index, and nowhere else.

The sandbox has no network but a loopback of its own. In it, `python -m vitrina.apps.environments.road SOCKET -- uv …`
listens on that loopback, tells uv that this is its proxy, and leads every connection to a Unix socket; at the other
end, in the hub, `Road` reads where it is to go, and connects it if it may.
"""

from __future__ import annotations

import asyncio
import base64
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from vitrina.apps import relay
from vitrina.apps.life import TcpAddress, UnixAddress

if TYPE_CHECKING:
    from vitrina.apps.environments.index import Index

LONGEST_HEAD_BYTES = 64 * 1024
PORTS = {"http": 80, "https": 443}
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
LOST = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Road:
    """Connects to the hosts of one index. `refused` lists the others that were asked for."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.refused: list[str] = []

    @asynccontextmanager
    async def open(self, path: Path) -> AsyncGenerator[None]:
        """Serve on a Unix socket for as long as this is held."""

        async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._lead(reader, writer)

        async with relay.held(
            lambda connected: asyncio.start_unix_server(connected, path, limit=LONGEST_HEAD_BYTES), lead
        ):
            yield

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, rest = _parted(head)
        wanted = urlsplit(f"https://{target}" if method == "CONNECT" else target)
        host, port = wanted.hostname or "", wanted.port or PORTS.get(wanted.scheme, 0)
        if not self._index.may_lead_to(host, port):
            self.refused.append(host)
            writer.write(REFUSED)
            return
        proxy = proxy_for(self._index.road, scheme=wanted.scheme, host=host)
        try:
            to = TcpAddress(proxy.hostname, proxy.port or PORTS["http"]) if proxy and proxy.hostname else None
            their_reader, their_writer = await relay.connect(to or TcpAddress(host, port))
        except OSError:
            writer.write(LOST)
            return
        if method != "CONNECT":
            path = target if to else wanted._replace(scheme="", netloc="").geturl() or "/"
            their_writer.write(
                f"{method} {path} HTTP/1.1\r\nConnection: close\r\n".encode() + _without_connection(rest)
            )
        elif proxy and to:
            their_writer.write(
                f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{_authority(proxy.netloc)}\r\n".encode()
            )
        else:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await relay.join((reader, writer), (their_reader, their_writer))


def proxy_for(road: Mapping[str, str], *, scheme: str, host: str) -> SplitResult | None:
    """The operator's own proxy for a host, if there is one."""
    told = {name.upper(): value for name, value in road.items()}
    spared = [name.strip().lstrip(".") for name in told.get("NO_PROXY", "").split(",") if name.strip()]
    if "*" in spared or any(host == name or host.endswith(f".{name}") for name in spared):
        return None
    url = told.get(f"{scheme.upper()}_PROXY") or told.get("ALL_PROXY")
    return urlsplit(url if "://" in url else f"http://{url}") if url else None


def _parted(head: bytes) -> tuple[str, str, bytes]:
    first, _, rest = head.partition(b"\r\n")
    method, target, *_ = [*first.decode("latin-1").split(" "), "", ""]
    return method, target, rest


def _without_connection(rest: bytes) -> bytes:
    lines = rest.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.lower().startswith((b"connection:", b"proxy-")))


def _authority(netloc: str) -> str:
    user, _, _ = netloc.rpartition("@")
    if not user:
        return ""
    return f"Proxy-Authorization: Basic {base64.b64encode(unquote(user).encode()).decode()}\r\n"


async def _travel(socket: Path, command: list[str]) -> int:
    """In the sandbox: run a program whose connections all go to the socket; the answer is its exit code."""
    bound = relay.listener()
    proxy = f"http://{relay.HOST}:{bound.getsockname()[1]}"
    variables = {name: value for name, value in os.environ.items() if name.upper() not in {*PROXIES, "NO_PROXY"}}
    async with relay.relay(bound, to=lambda: UnixAddress(socket)):
        process = await asyncio.create_subprocess_exec(*command, env=variables | dict.fromkeys(PROXIES, proxy))
        return await process.wait()


def main() -> None:
    socket, separator, *command = sys.argv[1:]
    assert separator == "--", "a socket, two dashes, a command"
    sys.exit(asyncio.run(_travel(Path(socket), command)))


if __name__ == "__main__":
    main()
