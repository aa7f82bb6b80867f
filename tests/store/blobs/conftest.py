"""The backends, each with a clock that moves when it is told to. S3 is a real server of moto's, spoken to over HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import pytest

from vitrina.store.blobs import BlobBackend
from vitrina.store.blobs.filesystem import FilesystemBlobs

SERVER = """
import sys
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
"""


@dataclass
class Kept:
    """A backend in a test, and the two things that a test may do behind its back."""

    backend: BlobBackend
    forward: Callable[[float], None]
    spoil: Callable[[str, bytes], None]
    """Writes other bytes under a digest."""

    lose: Callable[[str], None]


class Seconds:
    """Later than now by as much as was said: S3 says by its own clock when something was put."""

    def __init__(self) -> None:
        self.later = 0.0

    def __call__(self) -> float:
        return datetime.now(UTC).timestamp() + self.later

    def forward(self, seconds: float) -> None:
        self.later += seconds


@pytest.fixture(scope="session")
def s3_url(lasting_processes: set[int]) -> Iterator[str]:
    """The address of an S3 server of this test session, on loopback."""
    words = [sys.executable, "-W", "ignore", "-c", SERVER]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        lasting_processes.add(server.pid)
        assert server.stdout
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        server.terminate()


@pytest.fixture
def s3(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`s3://…` of an empty bucket, found as users say it: by the variables of the AWS tools."""
    said = {"AWS_ENDPOINT_URL": s3_url, "AWS_ACCESS_KEY_ID": "vitrina", "AWS_SECRET_ACCESS_KEY": "vitrina"}
    for name, value in {**said, "AWS_DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(name, value)
    with urlopen(f"{s3_url}/moto-api/reset", data=b""):
        pass
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().mkdir("bucket")
    yield "s3://bucket/some/prefix"
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.slow)])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    clock = Seconds()
    if request.param == "folder":
        folder = tmp_path / "blobs"

        def path(digest: str) -> Path:
            return folder / digest[:2] / digest[2:4] / digest

        return Kept(
            FilesystemBlobs(folder, clock=clock),
            clock.forward,
            lambda digest, data: path(digest).write_bytes(data) and None,
            lambda digest: path(digest).unlink(),
        )
    where = request.getfixturevalue("s3")
    import s3fs

    from vitrina.store.blobs.s3 import S3Blobs

    def key(digest: str) -> str:
        return f"{where}/{digest[:2]}/{digest[2:4]}/{digest}"

    return Kept(
        S3Blobs(where, clock=clock),
        clock.forward,
        lambda digest, data: s3fs.S3FileSystem().pipe_file(key(digest), data),
        lambda digest: s3fs.S3FileSystem().rm_file(key(digest)),
    )
