"""The hub's side of a picture: makes the sandbox, hands it connections to the one app, and takes the picture out."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import socket
import sys
import tempfile
from asyncio import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.apps import environment, sandbox
from vitrina.apps.levels import Level, Network
from vitrina.apps.life import Address, TcpAddress, UnixAddress
from vitrina.apps.pictures import pixels, relay
from vitrina.apps.pictures.shot import SECONDS, PictureError, Shot
from vitrina.apps.sandbox import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BINARIES = ("/usr/lib/chromium/chromium", "/usr/lib64/chromium-browser/chromium-browser")
"""What the starting scripts of distributions start; those look at folders that a sandbox does not have."""

LARGEST_BYTES = 16 * 2**20
CHUNK_BYTES = 64 * 2**10
STARTS_WITHIN_S = 30.0
"""The browser may take that long to start, where everything else comes first."""

SYSTEM = Path("/usr")


class Photographer:
    """Takes pictures, each in a sandbox of its own below `folder` (made if it is not there; what is in it is removed).

    `browser` is the Chromium's program; a page may take `seconds` until it is drawn. To be used in the main thread: a
    sandbox ends with the thread that made it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        browser: Path,
        seconds: float = SECONDS,
        hub_environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._folder = folder.resolve()
        self._browser = browser
        self._seconds = seconds
        self._environment = dict(hub_environment)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(mode=0o700, parents=True)
        self._uid = sandbox.uid_for(self._folder, hub_uid=os.getuid())

    async def take(self, url: str, *, address: Address) -> bytes:
        """The PNG of what somebody sees who opens `url`, which is served at `address`. Raises PictureError."""
        shot = Shot(url=url, browser=str(self._browser), seconds=self._seconds)
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            self._give(folder)
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with ours, theirs:
                ours.setblocking(False)
                return await self._taken(shot, folder, ours=ours, theirs=theirs, address=address)
        except OSError as error:
            raise PictureError(f"The browser's sandbox could not be made ({error.strerror or error}).") from error
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _give(self, folder: Path) -> None:
        for path in (folder, folder / "home", folder / "tmp"):
            path.mkdir(mode=0o700, exist_ok=True)
            if self._uid is not None:
                os.chown(path, self._uid, self._uid)

    async def _taken(
        self, shot: Shot, folder: Path, *, ours: socket.socket, theirs: socket.socket, address: Address
    ) -> bytes:
        home = self._browser.parent
        readable = () if home.is_relative_to(SYSTEM) else (home,)
        plan = Plan(Network.LOOPBACK, readable, (folder,), self._uid)
        program = (sys.executable, "-P", "-m", "vitrina.apps.pictures.studio", shot.text(), str(folder))
        studio = await subprocess.create_subprocess_exec(
            *(*sandbox.argv_prefix(plan), *program, str(theirs.fileno())),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment.app_environment(self._environment, folder=folder, served=None),
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        theirs.close()
        serving = asyncio.create_task(_serve(ours, address))
        try:
            async with asyncio.timeout(shot.seconds + STARTS_WITHIN_S):
                png, said = await asyncio.gather(bounded(studio.stdout), bounded(studio.stderr))
                await studio.wait()
        except TimeoutError:
            raise PictureError("The browser did not end in time.") from None
        finally:
            serving.cancel()
            with suppress(ProcessLookupError):
                studio.kill()  # all of the sandbox ends with it
            await studio.wait()
        return _checked(png, said, code=studio.returncode)


async def bounded(stream: asyncio.StreamReader | None) -> bytes:
    """All that a stream has to say. Raises PictureError for one that says more than any picture."""
    assert stream is not None, "it was asked for as a pipe"
    parts, size = list[bytes](), 0
    while part := await stream.read(CHUNK_BYTES):
        parts.append(part)
        size += len(part)
        if size > LARGEST_BYTES:
            raise PictureError("The picture is too large.")
    return b"".join(parts)


def find_browser() -> Path | None:
    """The Chromium of this machine, as the program itself; None: there is none."""
    for path in map(Path, BINARIES):
        if path.exists():
            return path
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    return Path(found).resolve() if found else None


def lacking(level: Level) -> str:
    """Why no picture can be taken at this level of isolation here; empty: they can.

    A browser that runs apps' pages is held as an app is, and to one socket: only a sandbox does that.
    """
    if level is not Level.SANDBOX:
        return "A browser that opens apps' pages has to be in a sandbox: vitrina hub --isolation sandbox"
    if find_browser() is None:
        return "There is no Chromium here. Install it: apt-get install chromium"
    return ""


async def _serve(channel: socket.socket, address: Address) -> None:
    """Give a connection to the app to whoever asks at the other end, until cancelled or hung up."""
    loop = asyncio.get_running_loop()
    while await loop.sock_recv(channel, relay.LONGEST_BYTES) == relay.ASK:
        connected = await _connected(address)
        try:
            socket.send_fds(
                channel, [relay.HERE if connected else relay.NONE], [connected.fileno()] if connected else []
            )
        finally:
            if connected:
                connected.close()


async def _connected(address: Address) -> socket.socket | None:
    match address:
        case UnixAddress(path):
            made, where = socket.socket(socket.AF_UNIX), str(path)
        case TcpAddress(host, port):
            made, where = socket.socket(socket.AF_INET), (host, port)
    made.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(made, where)
    except OSError:
        made.close()
        return None
    return made


def _checked(png: bytes, said: bytes, *, code: int | None) -> bytes:
    """What came out of the sandbox, if it is a picture: nothing there is trusted. Raises PictureError."""
    lines = said.decode(errors="replace").strip().splitlines()
    if code != 0:
        log.info("No picture: %s", "\n".join(lines[-20:]), extra={"action": "picture_failed"})
        raise PictureError(lines[-1] if lines else f"The browser's sandbox ended with {code}.")
    try:
        pixels.size_of(png)
    except ValueError:
        raise PictureError("What the browser made is no picture.") from None
    return png
