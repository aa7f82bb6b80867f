"""The program in which one picture is taken, in the sandbox of apps and behind the same walls as an app.

`python -m vitrina.apps.pictures.studio SHOT FOLDER CHANNEL` writes a PNG to its standard output, or ends with one line
on its standard error. Chromium runs without a sandbox of its own: it takes the rights that a sandbox takes away.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from asyncio import subprocess
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from vitrina.apps import walls
from vitrina.apps.levels import Level, Network
from vitrina.apps.limits import Limits
from vitrina.apps.pictures import relay
from vitrina.apps.pictures.devtools import LONGEST_MESSAGE_BYTES
from vitrina.apps.pictures.page import picture, plain_address
from vitrina.apps.pictures.shot import PictureError, Shot
from vitrina.apps.walls import Walls

ARGUMENTS = (
    *("--headless", "--remote-debugging-pipe", "--no-sandbox", "--no-first-run", "--no-default-browser-check"),
    *("--disable-gpu", "--disable-sync", "--disable-extensions", "--disable-background-networking"),
    *("--disable-component-update", "--disable-breakpad", "--no-proxy-server", "--hide-scrollbars", "--mute-audio"),
    "--disable-features=HttpsUpgrades",
)

ON_A_PIPE = 'exec "$0" "$@" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null'
"""Chromium reads messages from descriptor 3 and writes to 4."""

LIMITS = Limits(niceness=10)
"""Of an app, but behind everybody who wants the processor."""


def main() -> None:
    """Put up the walls, take the picture."""
    shot, folder, channel = Shot.parse(sys.argv[1]), Path(sys.argv[2]), socket.socket(fileno=int(sys.argv[3]))
    walls.part(Level.SANDBOX)
    pid = os.fork()
    if pid != 0:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    program = Path(shot.browser).parent
    walls.enter(Walls(Level.SANDBOX, Network.LOOPBACK, folder, (program,), hidden=(folder.parent,), limits=LIMITS))
    try:
        png = asyncio.run(_taken(shot, folder, channel))
    except PictureError as error:
        sys.exit(str(error))
    with open(sys.stdout.fileno(), "wb") as out:  # noqa: PTH123 - a descriptor has no path
        out.write(png)


async def _taken(shot: Shot, folder: Path, channel: socket.socket) -> bytes:
    async with relay.relay(channel) as port:
        arguments = (*ARGUMENTS, f"--host-resolver-rules={resolver_rules(shot.url, port=port)}")
        arguments = (*arguments, f"--user-data-dir={folder / 'profile'}")
        browser = await subprocess.create_subprocess_exec(
            *("sh", "-c", ON_A_PIPE, shot.browser, *arguments, "about:blank"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "TMPDIR": "tmp"},  # in the folder that is its own: a socket's path may have 108 bytes
            limit=LONGEST_MESSAGE_BYTES,
        )
        assert browser.stdin is not None
        assert browser.stdout is not None
        try:
            return await picture(shot, browser.stdout, browser.stdin)
        finally:
            with suppress(ProcessLookupError):
                browser.kill()
            await browser.wait()


def resolver_rules(url: str, *, port: int) -> str:
    """Where the browser finds names: the app's host, at any port, is the relay; there is no other."""
    address = urlsplit(plain_address(url))
    return f"MAP {address.hostname} {relay.HOST}:{port}, MAP * ~NOTFOUND"


if __name__ == "__main__":
    main()
