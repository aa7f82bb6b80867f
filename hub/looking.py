"""A look at an app's page in a headless Chromium: which other hosts it asks, all of which are refused and listed.

Chromium is told what to do over two pipes (its DevTools protocol, messages that end with a zero byte), so that no port
is open and it ends when this process does. It has a profile of its own and nothing of the hub's environment, finds no
name but those of this machine, and is sent nowhere else by a proxy that does not exist.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vitrina.apps import environment
from vitrina.apps.errors import AppError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ARGUMENTS = (
    *("--headless", "--remote-debugging-pipe", "--no-first-run", "--disable-sync", "--disable-gpu"),
    *("--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
    "--proxy-server=http://127.0.0.1:9",  # the discard port; loopback addresses go past any proxy
)
AS_ROOT = "--no-sandbox"
"""Root may not make the namespaces that Chromium's own sandbox is built of."""

ON_A_PIPE = 'exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null'
"""Chromium reads messages from descriptor 3 and writes to 4."""

LONGEST_MESSAGE_BYTES = 64 * 2**20
QUIET_S = 1.5
"""A page that asked for nothing for so long has come to rest."""

ENDED_WITHIN_S = 5.0
LONGEST_PLACE = 40


class BrowserError(AppError):
    """A page could not be looked at in Chromium."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a page. `hosts` are the others that it asked, sorted; `seconds` is the time until it had loaded,
    None: it had not when the time was over."""

    hosts: tuple[str, ...]
    seconds: float | None


def find_chromium() -> Path | None:
    """The Chromium of this machine, if there is one."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    return Path(found) if found else None


async def look_at(url: str, *, chromium: Path, hub_environment: Mapping[str, str], timeout_s: float) -> Look:
    """Open a page and stay until it has come to rest, at most `timeout_s` seconds. Raises BrowserError when Chromium
    does not work."""
    with tempfile.TemporaryDirectory(prefix="look-", dir=_short_place(), ignore_cleanup_errors=True) as folder:
        return await _look_at(url, chromium, Path(folder), hub_environment, timeout_s)


def _short_place() -> str | None:
    """Where Chromium's private folder goes: it binds a socket there, whose path may have 108 bytes at most."""
    return None if len(tempfile.gettempdir()) < LONGEST_PLACE else "/tmp"  # noqa: S108  a private folder is made in it


async def _look_at(
    url: str, chromium: Path, folder: Path, hub_environment: Mapping[str, str], timeout_s: float
) -> Look:
    for name in ("home", "tmp"):
        (folder / name).mkdir(mode=0o700)
    arguments = [*ARGUMENTS, f"--user-data-dir={folder / 'profile'}", *([AS_ROOT] if os.geteuid() == 0 else [])]
    process = await asyncio.create_subprocess_exec(
        *("sh", "-c", ON_A_PIPE, str(chromium), *arguments, "about:blank"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=environment.app_environment(hub_environment, folder=folder, served=None),
        limit=LONGEST_MESSAGE_BYTES,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(timeout_s + ENDED_WITHIN_S):
            return await _Visit(process, url).stay(timeout_s)
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        raise BrowserError(f"{chromium.name} does not work here ({type(error).__name__}).") from error
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


class _Visit:
    """One page in one browser, told by events."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._writer, self._reader = process.stdin, process.stdout
        self._url, self._own = url, urlsplit(url).netloc
        self._hosts: set[str] = set()
        self._number = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._loaded = asyncio.Event()
        self._news = asyncio.Event()
        self._events: Mapping[str, Callable[[dict[str, Any], str], Awaitable[None]]] = {
            "Target.attachedToTarget": self._watch_another,
            "Network.requestWillBeSent": self._request,
            "Network.webSocketCreated": self._socket,
            "Network.webSocketFrameReceived": self._nothing,
            "Network.loadingFinished": self._nothing,
            "Fetch.requestPaused": self._decide,
            "Page.loadEventFired": self._load,
        }

    async def stay(self, timeout_s: float) -> Look:
        self._listening = asyncio.create_task(self._listen())
        try:
            return await self._stay(timeout_s)
        finally:
            self._listening.cancel()
            with suppress(asyncio.CancelledError, asyncio.IncompleteReadError, OSError):
                await self._listening

    async def _stay(self, timeout_s: float) -> Look:
        clock = asyncio.get_running_loop().time
        target = await self._ask("Target.createTarget", {"url": "about:blank"})
        attached = await self._ask("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
        page = attached["sessionId"]
        await self._watch(page)
        await self._ask("Page.enable", {}, page)
        begun_s, seconds = clock(), None
        self._tell("Page.navigate", {"url": self._url}, page)
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._or_end(self._loaded.wait())
                seconds = clock() - begun_s
                await self._or_end(self._rest())
        return Look(tuple(sorted(self._hosts)), seconds)

    async def _rest(self) -> None:
        """Wait until the page asks for nothing more."""
        while True:
            self._news.clear()
            try:
                async with asyncio.timeout(QUIET_S):
                    await self._news.wait()
            except TimeoutError:
                return

    async def _or_end(self, awaited: Awaitable[Any]) -> Any:
        """Wait for something, or for the end of the browser, which is an error."""
        waiting = asyncio.ensure_future(awaited)
        try:
            await asyncio.wait({waiting, self._listening}, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                await self._listening
            return await waiting
        finally:
            waiting.cancel()

    async def _watch(self, session: str) -> None:
        """See and decide about all that a page, or a frame or worker of it, asks for."""
        await self._ask("Network.enable", {}, session)
        await self._ask("Fetch.enable", {"patterns": [{"urlPattern": "*"}]}, session)
        follow = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
        await self._ask("Target.setAutoAttach", follow, session)

    async def _watch_another(self, event: dict[str, Any], session: str) -> None:
        if not event["waitingForDebugger"]:  # it is the page itself, which is watched already
            return
        for method, parameters in (("Network.enable", {}), ("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})):
            self._tell(method, parameters, event["sessionId"])
        self._tell("Runtime.runIfWaitingForDebugger", {}, event["sessionId"])

    async def _request(self, event: dict[str, Any], session: str) -> None:
        self._note(event["request"]["url"])

    async def _socket(self, event: dict[str, Any], session: str) -> None:
        self._note(event["url"])

    async def _nothing(self, event: dict[str, Any], session: str) -> None:
        """That something moves is all that it says."""

    async def _load(self, event: dict[str, Any], session: str) -> None:
        self._loaded.set()

    async def _decide(self, event: dict[str, Any], session: str) -> None:
        request = {"requestId": event["requestId"]}
        if self._note(event["request"]["url"]):
            self._tell("Fetch.failRequest", {**request, "errorReason": "BlockedByClient"}, session)
        else:
            self._tell("Fetch.continueRequest", request, session)

    def _note(self, url: str) -> bool:
        """Whether an address is another host's; then it is kept."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https", "ws", "wss"} or parts.netloc == self._own:
            return False
        self._hosts.add(parts.netloc.rpartition("@")[2])
        return True

    async def _listen(self) -> None:
        while True:
            message = json.loads((await self._reader.readuntil(b"\0"))[:-1])
            if "id" in message:
                answer = self._answers.pop(message["id"], None)
                if answer is not None and not answer.done():
                    answer.set_result(message.get("result", {}))
            elif message["method"] in self._events:
                self._news.set()
                await self._events[message["method"]](message["params"], message.get("sessionId", ""))

    async def _ask(self, method: str, parameters: dict[str, Any], session: str | None = None) -> Any:
        answer = self._answers[self._tell(method, parameters, session)] = asyncio.get_running_loop().create_future()
        return await self._or_end(answer)

    def _tell(self, method: str, parameters: dict[str, Any], session: str | None = None) -> int:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self._writer.write(json.dumps(message).encode() + b"\0")
        return self._number
