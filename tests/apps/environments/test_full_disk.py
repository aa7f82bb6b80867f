"""A disk without room: the build fails in one line that says so, nothing half-made is left, and later it works.

The disk is a small one in memory, mounted in a namespace that only the process has which builds on it: anybody may.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

LARGE = "X = '" + "x" * 6_000_000 + "'\n"

SCRIPT = """
import asyncio, subprocess, sys
from pathlib import Path
from vitrina.apps.environments.environments import Environments
from vitrina.apps.environments.index import Index
from vitrina.apps.environments.uv import BuildError

disk, index = Path(sys.argv[1]), Index(sys.argv[2], "a test")

def mount(options):
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], check=True)

async def story():
    mount("size=4m")
    environments = Environments(disk / "environments", index=index)
    try:
        await environments.prepare("greeting==3.0", framework="none")
    except BuildError as error:
        print(error)
    left = [path for name in ("built", "records") for path in (environments.shelf.folder / name).iterdir()]
    print(environments.list(), left, list((environments.shelf.folder / "work").glob("build-*")))
    mount("remount,size=64m")
    print((await environments.prepare("greeting==3.0", framework="none")).python.exists())

asyncio.run(story())
"""


@pytest.mark.slow
def test_a_full_disk_is_said_and_leaves_nothing(shop, tmp_path: Path) -> None:
    shop.put("greeting", "3.0", {"greeting.py": LARGE})
    disk = tmp_path / "disk"
    disk.mkdir()
    apart = ["unshare", "--user", "--map-root-user", "--mount"]
    tried = subprocess.run([*apart, "true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        pytest.skip(f"THIS MACHINE CANNOT MOUNT A SMALL DISK: {tried.stderr.strip()}")
    command = [*apart, sys.executable, "-c", SCRIPT, str(disk), shop.index.url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert told[0].endswith("the disk is full. Free some space where the hub is.")
    assert told[1:] == ["[] [] []", "True"]
