"""A hub as small as can be, to be killed: runs one app at a level; says in one line which processes there are."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import aiohttp

from vitrina.apps import AppSpec
from vitrina.apps.launchers.nursery import NurseryLauncher
from vitrina.apps.levels import Level


def below(pid: int) -> list[int]:
    children = [int(one) for file in Path(f"/proc/{pid}/task").glob("*/children") for one in file.read_text().split()]
    return [pid, *(found for child in children for found in below(child))]


async def main(folder: Path, bundle: Path, digest: str, level: Level) -> None:
    launcher = NurseryLauncher(folder, level=level, readable=(bundle.parent,))
    origin = "http://app.localhost:8401"
    app = await launcher.launch(
        AppSpec("app", "app", "plain", "has_children.py", ".", bundle, digest, None, origin), number=1
    )
    await app.ready(lambda _: None)
    connector = aiohttp.UnixConnector(str(app.address.path))
    async with aiohttp.ClientSession(connector=connector) as browser, browser.get("http://app.localhost/") as answer:
        await answer.read()
    guard = int(Path(f"/proc/{app.pid}/stat").read_text().rpartition(")")[2].split()[1])  # noqa: ASYNC240
    sys.stdout.write(json.dumps(below(guard)) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Level(sys.argv[4])))
