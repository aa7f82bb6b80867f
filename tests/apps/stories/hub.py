"""A hub as small as can be, to be killed: runs one app for ever; says in one line which processes there are."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import aiohttp

from vitrina.apps import AppSpec, NurseryLauncher, SubprocessLauncher, Supervisor

LAUNCHERS = {"plain": SubprocessLauncher, "nursery": NurseryLauncher}


async def main(way: str, folder: Path, bundle: Path, digest: str) -> None:
    supervisor = Supervisor(LAUNCHERS[way](folder))
    spec = AppSpec(
        "app", "acme/app", "plain", "has_children.py", ".", bundle, digest, None, "http://app.localhost:8401"
    )
    await supervisor.open(spec)
    app = await supervisor.wait_ready("app", timeout_s=60)
    connector = aiohttp.UnixConnector(str(app.address.path))
    async with aiohttp.ClientSession(connector=connector) as browser, browser.get("http://app.localhost/") as answer:
        children = json.loads(await answer.read())
    stat = Path(f"/proc/{app.pid}/stat").read_text()  # noqa: ASYNC240 - the kernel answers at once
    guard = int(stat.rpartition(")")[2].split()[1])
    sys.stdout.write(json.dumps([app.pid, guard, *children]) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]))
