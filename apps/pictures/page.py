"""One page in a browser, from its address to the moment in which it is drawn.

That a page has loaded says little: most apps bring what they show afterwards, by requests or a WebSocket. A page counts
as drawn when nothing was on its way for a while, no part of it says that it works, and two pictures in a row are the
same. One that never rests (a clock, a film) is taken as it is when its time is nearly over.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from vitrina.apps.pictures import pixels
from vitrina.apps.pictures.devtools import DevTools
from vitrina.apps.pictures.shot import PictureError, Shot

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

QUIET_S = 0.8
"""Nothing came for so long: no answer, and nothing on a WebSocket."""

BETWEEN_S = 0.4
"""Between two pictures that are compared."""

LAST_LOOK_S = 6.0
"""So long before its time is over, a page that does not rest is taken as it is."""

BUSY = (
    *("[aria-busy=true]", "[data-dash-is-loading=true]", "._dash-loading", ".pn-loading"),
    *("[data-testid=stSkeleton]", "[data-testid=stAppSkeleton]", "[data-testid=stStatusWidget]"),
    *("[data-test-script-state=running]", "[data-test-script-state=initial]"),
    *("gradio-app .pending", "gradio-app .generating", ".loader", ".recalculating", ".shiny-busy"),
)
"""What pages show while they work, of the frameworks and of those that keep to the standard."""

IS_BUSY = f"""[...document.querySelectorAll({",".join(BUSY)!r})].some(one => one.checkVisibility())"""

LASTING = frozenset({"EventSource", "WebSocket", "Media", "Ping"})
"""Requests that stay open in a page that rests."""

FIRST_OF_ERRORS = 400


class Page:
    """What is under way in a page, as its browser's events tell."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._under_way = set[str]()
        self.loaded = asyncio.Event()
        self.moved = asyncio.Event()
        """Something came since it was cleared."""

        self.answered: int | None = None
        """The status with which the page itself was answered; None: it was not yet."""

        self.dialog = asyncio.Event()
        """It asks something of whoever looks at it, and waits."""

    @property
    def is_at_rest(self) -> bool:
        return not self._under_way

    def note(self, event: str, told: dict[str, Any]) -> None:
        """The browser tells something."""
        match event:
            case "Page.loadEventFired":
                self.loaded.set()
            case "Page.javascriptDialogOpening":
                self.dialog.set()
            case "Network.requestWillBeSent" if is_awaited(told):
                self._under_way.add(told["requestId"])
            case "Network.responseReceived":
                self._answer(told)
            case "Network.loadingFinished" | "Network.loadingFailed":
                self._under_way.discard(told["requestId"])
            case "Network.webSocketFrameReceived" | "Network.webSocketCreated" | "Network.requestWillBeSent":
                pass
            case _:
                return
        self.moved.set()

    def _answer(self, told: dict[str, Any]) -> None:
        if told.get("type") == "Document" and told["response"]["url"].split("#")[0] == self._address:
            self.answered = int(told["response"]["status"])


def is_awaited(told: dict[str, Any]) -> bool:
    """Whether a request that is sent will end; of what the page made itself (`blob:`), no end is told."""
    return told.get("type") not in LASTING and told["request"]["url"].startswith("http")


async def picture(shot: Shot, reader: StreamReader, writer: StreamWriter) -> bytes:
    """The PNG of a page, once it is drawn. Raises PictureError."""
    address = plain_address(shot.url)
    page = Page(address)
    browser = DevTools(reader, writer, on_event=page.note)
    try:
        return await _Sitting(shot, browser, page, asyncio.get_running_loop().time).picture(address)
    finally:
        await browser.close()


def plain_address(url: str) -> str:
    """The same place without encryption: between the browser and the app's socket there is no network."""
    return urlsplit(url)._replace(scheme="http").geturl()


class _Sitting:
    """One page before the camera."""

    def __init__(self, shot: Shot, browser: DevTools, page: Page, clock: Callable[[], float]) -> None:
        self._shot, self._browser, self._page, self._clock = shot, browser, page, clock
        self._session = ""
        self._takes_any_after_s = clock() + shot.seconds - LAST_LOOK_S

    async def picture(self, address: str) -> bytes:
        try:
            async with asyncio.timeout(self._shot.seconds):
                await self._open(address)
                return await self._drawn()
        except TimeoutError:
            raise PictureError(f"The page was not drawn within {self._shot.seconds:.0f} seconds.") from None

    async def _open(self, address: str) -> None:
        shot, ask = self._shot, self._browser.ask
        target = await ask("Target.createTarget", url="about:blank")
        attached = await ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        session = self._session = attached["sessionId"]
        await ask("Page.enable", session)
        await ask("Network.enable", session)
        window = {"width": shot.width, "height": shot.height, "deviceScaleFactor": shot.scale, "mobile": False}
        await ask("Emulation.setDeviceMetricsOverride", session, **window)
        tastes = {"prefers-color-scheme": "light", "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in tastes.items()]
        await ask("Emulation.setEmulatedMedia", session, features=features)
        sent = await ask("Page.navigate", session, url=address)
        if "errorText" in sent:
            raise PictureError(f"The page could not be opened ({sent['errorText']}).")
        await self._browser.or_end(self._page.loaded.wait())
        if self._page.answered is not None and self._page.answered >= FIRST_OF_ERRORS:
            raise PictureError(f"The page was answered with {self._page.answered}.")

    async def _drawn(self) -> bytes:
        last = b""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(self._takes_any_after_s - self._clock(), 0)):
                    await self._rest()
            now = await self._look()
            is_last = self._clock() >= self._takes_any_after_s
            if (now == last or is_last) and not pixels.is_plain(now):
                return now
            if is_last:
                raise PictureError("Its page stays empty.")
            last = now
            await asyncio.sleep(BETWEEN_S)

    async def _rest(self) -> None:
        """Wait until nothing comes, and nothing says that it works."""
        while True:
            self._page.moved.clear()
            try:
                async with asyncio.timeout(QUIET_S):
                    await self._browser.or_end(self._page.moved.wait())
            except TimeoutError:
                if self._page.is_at_rest and not await self._is_busy():
                    return
            if self._page.dialog.is_set():
                self._page.dialog.clear()
                self._browser.tell("Page.handleJavaScriptDialog", self._session, accept=False)

    async def _is_busy(self) -> bool:
        answer = await self._browser.ask("Runtime.evaluate", self._session, expression=IS_BUSY, returnByValue=True)
        return answer["result"].get("value") is True

    async def _look(self) -> bytes:
        answer = await self._browser.ask("Page.captureScreenshot", self._session, format="png")
        return base64.b64decode(answer["data"])
