"""What it costs to log and to pull a large model folder, beside `cp` followed by `sync`.

    python benchmarks/blobs.py [--gb 1] [--files 4] [--rounds 3] [--folder DIR]

Random bytes in some files are logged as a version of a model (each file hashed, written, synced, renamed; rows in
SQLite), pulled into a new folder (read, verified, written, then `sync`), and copied by `cp -r` followed by `sync`
before each of the two, so that all meet the same disk. Files are read from the page cache where they fit in it, in all
three. The median of the rounds counts; log and pull may take at most twice as long as the copy. All is deleted at the
end. Nothing starts unless 20 GB would be left free.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from vitrina.store.opening import open_store
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft

LEFT_FREE = 20 * 10**9
COPIES = 5
"""Source, two copies, blobs, what was pulled."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gb", type=float, default=1)
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="a folder of the disk to ask")
    asked = parser.parse_args()
    size = int(asked.gb * 10**9)
    if shutil.disk_usage(asked.folder).free - COPIES * size < LEFT_FREE:
        parser.error(f"{asked.folder} has no room for it: {COPIES} times {size:,} bytes, and 20 GB left free")
    with tempfile.TemporaryDirectory(prefix="vitrina-blobs-", dir=asked.folder) as folder:
        _measure(Path(folder), size=size, files=asked.files, rounds=asked.rounds)


def _measure(folder: Path, *, size: int, files: int, rounds: int) -> None:
    source = folder / "source"
    _fill(source, size=size, files=files)
    took: dict[str, list[float]] = {"cp, sync": [], "log": [], "pull, sync": []}
    for number in range(rounds):
        place = folder / str(number)
        place.mkdir()
        _copy(source, place / "copy", took["cp, sync"])
        with open_store(home=place / "home") as store:
            project = store.projects.ensure("bench", "blobs")
            draft = Draft([(path.name, path) for path in sorted(source.iterdir())])
            with _timing(took["log"]):
                version = store.registry.log(project, Noun.MODEL, "large", draft).version
            _copy(source, place / "copy again", took["cp, sync"])
            with _timing(took["pull, sync"]):
                store.registry.pull(version, place / "pulled")
                os.sync()
        shutil.rmtree(place)
        os.sync()
    _tell(took, size=size, files=files)


def _fill(folder: Path, *, size: int, files: int) -> None:
    folder.mkdir()
    for number in range(files):
        with (folder / f"part-{number}.bin").open("wb") as file:
            left = size // files
            while left > 0:
                left -= file.write(os.urandom(min(left, 1 << 24)))
    os.sync()


def _copy(source: Path, target: Path, took: list[float]) -> None:
    with _timing(took):
        subprocess.run(["cp", "-r", source, target], check=True)
        os.sync()


@contextmanager
def _timing(took: list[float]) -> Generator[None]:
    began = time.perf_counter()
    yield
    took.append(time.perf_counter() - began)


def _tell(took: dict[str, list[float]], *, size: int, files: int) -> None:
    copied = statistics.median(took["cp, sync"])
    print(f"{size / 1e9:g} GB in {files} files; median of {len(took['log'])} rounds (lowest to highest)")
    for what, seconds in took.items():
        middle = statistics.median(seconds)
        spread = f"{min(seconds):.2f} to {max(seconds):.2f} s"
        print(f"{what:12}{middle:8.2f} s{size / middle / 1e6:8.0f} MB/s   {copied / middle:5.2f} x cp   ({spread})")


if __name__ == "__main__":
    main()
