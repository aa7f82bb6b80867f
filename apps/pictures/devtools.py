"""Chromium's DevTools protocol over two pipes: questions with answers, and events. Messages end with a zero byte."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from vitrina.apps.pictures.shot import PictureError

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

    OnEvent = Callable[[str, dict[str, Any]], None]

LONGEST_MESSAGE_BYTES = 64 * 2**20


class BrowserEndedError(PictureError):
    """Chromium ended by itself."""

    def __init__(self) -> None:
        super().__init__("The browser ended by itself.", hint="The hub's log has what it said last.")


class DevTools:
    """One browser. `on_event` is called with the name of each event and what it tells."""

    def __init__(self, reader: StreamReader, writer: StreamWriter, *, on_event: OnEvent) -> None:
        self._reader, self._writer = reader, writer
        self._on_event = on_event
        self._number = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listening = asyncio.create_task(self._listen(), name="devtools")

    async def ask(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Wait for an answer. Raises PictureError when it is an error, or none comes since the browser ended."""
        answer = self._answers[self._send(method, session, parameters)] = asyncio.get_running_loop().create_future()
        return await self.or_end(answer)

    def tell(self, method: str, session: str | None = None, **parameters: Any) -> None:
        """Ask for something whose answer does not matter."""
        self._send(method, session, parameters)

    async def or_end(self, awaited: Awaitable[Any]) -> Any:
        """Wait for something, or for the end of the browser: BrowserEndedError."""
        waiting = asyncio.ensure_future(awaited)
        try:
            await asyncio.wait({waiting, self._listening}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise BrowserEndedError
            return await waiting
        finally:
            waiting.cancel()

    async def close(self) -> None:
        """Listen no more; what it is the end of, is the caller's to end."""
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening
        self._writer.close()

    def _send(self, method: str, session: str | None, parameters: dict[str, Any]) -> int:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        self._writer.write(json.dumps(message).encode() + b"\0")
        return self._number

    async def _listen(self) -> None:
        """Until the browser hangs up."""
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                message: dict[str, Any] = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                if "id" not in message:
                    self._on_event(message["method"], message["params"])
                elif (answer := self._answers.pop(message["id"], None)) is not None and not answer.done():
                    _settle(answer, message)


def _settle(answer: asyncio.Future[dict[str, Any]], message: dict[str, Any]) -> None:
    if "error" in message:
        answer.set_exception(PictureError(f"The browser refused: {message['error'].get('message', 'no reason')}"))
    else:
        answer.set_result(message["result"])
