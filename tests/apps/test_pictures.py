"""Pictures of apps: of drawn pages only, by a browser that reaches one app and nothing else."""

from __future__ import annotations

import asyncio
import socket
import struct
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from vitrina.apps import trial
from vitrina.apps.levels import Level
from vitrina.apps.life import UnixAddress
from vitrina.apps.pictures import photographer, pixels
from vitrina.apps.pictures.photographer import Photographer
from vitrina.apps.pictures.shot import PictureError, Shot
from vitrina.apps.pictures.studio import resolver_rules

ORIGIN = "http://what-if-1-0-0-0123456789.localhost:8401"


def png(rows: list[bytes]) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", len(rows[0]) - 1, len(rows), 8, 0, 0, 0, 0)
    return pixels.SIGNATURE + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(rows)))


def test_a_picture_of_one_colour_is_plain_and_one_that_shows_something_is_not() -> None:
    upon, sub = b"\x02", b"\x01"
    plain = [sub + b"\xff\x00\x00\x00", *[upon + b"\x00\x00\x00\x00"] * 4]
    assert pixels.is_plain(png(plain))
    assert not pixels.is_plain(png([*plain[:3], upon + b"\x00\x07\x00\x00", plain[4]]))
    assert pixels.size_of(png(plain)) == (4, 5)


@pytest.mark.parametrize(
    "content",
    [pixels.SIGNATURE + b"\0\0\0\rIHDR\0\0", b"", b"<html>", pixels.SIGNATURE, pixels.SIGNATURE + b"0000IDAT00000000"],
)
def test_what_is_no_picture_is_none(content: bytes) -> None:
    with pytest.raises(ValueError, match="no PNG"):
        pixels.size_of(content)


@pytest.mark.parametrize(("height", "rows"), [(0, b"\0\0"), (5, b"\0\0"), (5, b"")])
def test_a_picture_that_lacks_what_it_promises_is_none(height: int, rows: bytes) -> None:
    content = bytearray(png([rows or b"\0"]))
    content[20:24] = height.to_bytes(4)
    with pytest.raises(ValueError, match="PNG"):
        pixels.is_plain(bytes(content))


@pytest.mark.anyio
async def test_what_says_more_than_any_picture_is_not_kept() -> None:
    endless = asyncio.StreamReader()
    endless.feed_data(b"x" * (photographer.LARGEST_BYTES + 1))
    with pytest.raises(PictureError, match="too large"):
        await photographer.bounded(endless)


def test_a_shot_passes_as_an_argument() -> None:
    shot = Shot(url=f"{ORIGIN}/", browser="/usr/lib/chromium/chromium", seconds=3.0)
    assert Shot.parse(shot.text()) == shot


def test_the_browser_knows_one_name_only() -> None:
    rules = "MAP x.apps.example.org 127.0.0.1:4000, MAP * ~NOTFOUND"
    assert resolver_rules("https://x.apps.example.org/a/", port=4000) == rules


@pytest.mark.parametrize("level", [Level.PROCESS, Level.LANDLOCK])
def test_without_a_sandbox_there_are_no_pictures_and_the_reason_says_what_to_do(level: Level) -> None:
    assert "vitrina hub --isolation sandbox" in photographer.lacking(level)


LATE = """<body style="font:40px sans-serif"><p id="state">wait</p><script>
const said = new WebSocket(`ws://${location.host}/socket`);
said.onmessage = (event) => { state.textContent = event.data; document.body.style.background = "rgb(0, 90, 0)"; };
</script>"""

SPIES = """<body style="font:20px monospace"><pre id="found"></pre><script>
async function tried(name, address) {
  try { await fetch(address, {mode: "no-cors"}); return `${name} reached\\n`; } catch { return ""; }
}
const all = [tried("portal", "http://127.0.0.1:PORT/"), tried("host", "http://example.org/"), tried("app", "/own")];
Promise.all(all).then(async (said) => {
  await fetch("/report", {method: "POST", body: said.join("")});
  document.body.style.background = "rgb(0, 90, 0)";
  found.textContent = "done";
});
</script>"""

ENDLESS = """<body style="font:40px sans-serif"><p id="clock">0</p><script>
new Worker(URL.createObjectURL(new Blob(["setInterval(() => {}, 1000)"])));
setInterval(() => { clock.textContent = String(performance.now()); }, 50);
</script>"""


class Played:
    """An app that is a page; what its page reports is kept."""

    def __init__(self, page: str, *, status: int = 200) -> None:
        self._page, self._status = page, status
        self.reports: list[str] = []
        self.hosts: list[str] = []

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.hosts.append(request.headers["Host"])
        match request.path:
            case "/socket":
                opened = web.WebSocketResponse()
                await opened.prepare(request)
                await asyncio.sleep(1.0)  # the app is slow: a page must not be taken before
                await opened.send_str("drawn")
                await opened.receive()
                return opened
            case "/report":
                self.reports.append(await request.text())
                return web.Response()
            case "/own":
                return web.Response(text="own")
            case _:
                return web.Response(text=self._page, content_type="text/html", status=self._status)


@pytest.fixture(scope="module")
def browser() -> Path:
    found = photographer.find_browser()
    if found is None or Level.SANDBOX in trial.available().lacking:
        pytest.skip("it takes a Chromium and a sandbox")
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vp-") as short:
        yield Path(short)


@pytest.fixture
async def serve(folder: Path) -> AsyncIterator[object]:
    runners = list[web.ServerRunner]()

    async def serving(played: Played) -> UnixAddress:
        runner = web.ServerRunner(web.Server(played.answer), shutdown_timeout=0.1)
        runners.append(runner)
        await runner.setup()
        await web.UnixSite(runner, str(folder / "app")).start()
        return UnixAddress(folder / "app")

    yield serving
    for runner in runners:
        await runner.cleanup()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def brightness(png: bytes) -> tuple[int, int, int]:
    import io

    from PIL import Image

    return Image.open(io.BytesIO(png)).convert("RGB").getpixel((1000, 700))  # pyright: ignore[reportReturnType]


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_page_is_taken_when_it_is_drawn_not_when_it_has_loaded(browser: Path, folder: Path, serve) -> None:
    played = Played(LATE)
    taken = await Photographer(folder / "pictures", browser=browser).take(f"{ORIGIN}/", address=await serve(played))
    assert pixels.size_of(taken) == (1280, 800)
    assert brightness(taken) == (0, 90, 0)
    assert set(played.hosts) == {ORIGIN.removeprefix("http://")}
    assert list((folder / "pictures").iterdir()) == []


@pytest.mark.slow
@pytest.mark.anyio
async def test_the_browser_reaches_the_app_and_neither_the_hub_nor_any_host(browser: Path, folder: Path, serve) -> None:
    met = list[object]()

    async def portal(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(reader)
        writer.close()

    async with await asyncio.start_server(portal, "127.0.0.1", 0) as hub:
        port = hub.sockets[0].getsockname()[1]
        played = Played(SPIES.replace("PORT", str(port)))
        await Photographer(folder / "pictures", browser=browser).take(f"{ORIGIN}/", address=await serve(played))
    assert played.reports == ["app reached\n"]
    assert met == []


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_page_that_answers_an_error_has_no_picture(browser: Path, folder: Path, serve) -> None:
    with pytest.raises(PictureError, match="answered with 500"):
        await Photographer(folder / "pictures", browser=browser).take(
            f"{ORIGIN}/", address=await serve(Played("<p>broken", status=500))
        )


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_page_that_stays_empty_has_no_picture(browser: Path, folder: Path, serve) -> None:
    hasty = Photographer(folder / "pictures", browser=browser, seconds=12.0)
    with pytest.raises(PictureError, match="stays empty"):
        await hasty.take(f"{ORIGIN}/", address=await serve(Played("<body></body>")))


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_page_that_never_rests_is_taken_as_it_is(browser: Path, folder: Path, serve) -> None:
    hasty = Photographer(folder / "pictures", browser=browser, seconds=12.0)
    taken = await hasty.take(f"{ORIGIN}/", address=await serve(Played(ENDLESS)))
    assert not pixels.is_plain(taken)


@pytest.mark.slow
@pytest.mark.anyio
async def test_an_app_that_is_gone_has_no_picture(browser: Path, folder: Path) -> None:
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(folder / "gone"))
    with pytest.raises(PictureError, match="could not be opened"):
        await Photographer(folder / "pictures", browser=browser).take(
            f"{ORIGIN}/", address=UnixAddress(folder / "gone")
        )
