"""A window on an app that is being written: a page that shows it in a frame, and loads it anew when it is served anew.

It has a port of its own, so that not one byte of the app is changed. Pages by themselves connect again when they are
cut off, at most, and go on showing what they showed (Streamlit's, Gradio's); here those of all kinds follow.
"""

from __future__ import annotations

import asyncio
import html
import json
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from vitrina.apps import relay
from vitrina.apps.develop.bench import News, Turn

FILES = Path(__file__).parent.parent / "templates" / "window"

TYPES: Mapping[str, str] = {
    "/window.js": "text/javascript",
    "/window.css": "text/css",
    "/mark.svg": "image/svg+xml",
}
"""The page's own files."""

NAMES = frozenset({"127.0.0.1", "localhost"})
"""Under which it answers: a page of any site can make its own name point here."""

SERVED = News(Turn.SERVED, "A file of it that is saved starts it again.")


class Window:
    """Shows the app at `origin`, which people call `name`. Lives in one event loop."""

    def __init__(self, *, name: str, origin: str) -> None:
        self._name, self._origin = name, origin
        self._last, self._number = SERVED, 1
        self._stirred = asyncio.Event()

    def tell(self, news: News) -> None:
        """What happened on the bench: every open page shows it."""
        self._last = news
        self._number += news.turn is Turn.SERVED
        self._stirred.set()
        self._stirred = asyncio.Event()

    @asynccontextmanager
    async def on(self, bound: socket.socket) -> AsyncGenerator[None]:
        """Answer on a bound socket for as long as this is held."""
        async with relay.held(lambda connected: asyncio.start_server(connected, sock=bound), self._answer):
            yield

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request; the connection then ends."""
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, *_ = f"{first}  ".split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            if urlsplit(f"//{headers.get('host', '')}").hostname not in NAMES:
                writer.write(_answered("421 Misdirected Request", "text/plain", b"It does not answer to this name.\n"))
            elif method != "GET":
                writer.write(
                    _answered("405 Method Not Allowed", "text/plain", b"There is nothing to be changed here.\n")
                )
            elif path == "/news":
                await self._report(writer)
            else:
                writer.write(self._file(path))
            await writer.drain()

    def _file(self, path: str) -> bytes:
        if path == "/":
            page = Template((FILES / "window.html").read_text(encoding="utf-8"))
            told = {"name": self._name, "origin": self._origin, "turn": self._last.turn.value, "line": self._last.line}
            text = page.substitute({key: html.escape(value) for key, value in told.items()})
            return _answered("200 OK", "text/html", text.encode(), policy=self._policy())
        if path in TYPES:
            return _answered("200 OK", TYPES[path], (FILES / path[1:]).read_bytes())
        return _answered("404 Not Found", "text/plain", b"There is nothing here.\n")

    def _policy(self) -> str:
        own = "script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'"
        return f"default-src 'none'; {own}; frame-src {self._origin}; base-uri 'none'; frame-ancestors 'none'"

    async def _report(self, writer: asyncio.StreamWriter) -> None:
        """What happened last, and all that happens from now on, as server-sent events."""
        writer.write(_head("200 OK", "text/event-stream"))
        while True:
            stirred = self._stirred
            told = {"turn": self._last.turn.value, "line": self._last.line, "number": self._number}
            writer.write(f"data: {json.dumps(told)}\n\n".encode())
            await writer.drain()
            await stirred.wait()


def _answered(status: str, media_type: str, body: bytes, *, policy: str = "default-src 'none'") -> bytes:
    return _head(status, media_type, f"Content-Length: {len(body)}", f"Content-Security-Policy: {policy}") + body


def _head(status: str, media_type: str, *more: str) -> bytes:
    lines = (
        f"HTTP/1.1 {status}",
        f"Content-Type: {media_type}; charset=utf-8"
        if media_type.startswith("text/")
        else f"Content-Type: {media_type}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
        *more,
    )
    return "\r\n".join((*lines, "", "")).encode()
