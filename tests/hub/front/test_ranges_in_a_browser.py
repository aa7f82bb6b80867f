"""Parts of a large file that Gradio itself serves, asked for by a page in real Chromium: by the front and by nginx."""

from __future__ import annotations

import hashlib
import socket
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from vitrina.hub import keyfile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app_hub import AppHub, HubOf
    from nginx_server import RunNginx
    from playwright.sync_api import Page

pytestmark = pytest.mark.slow

START_MS = 90_000
SOURCE = Path(__file__).parent / "stories" / "gradio_large.py"
LARGE_BYTES = 512 * 2**16
WHOLE = b"".join(number.to_bytes(4, "big") * 2**14 for number in range(512))

FETCH = """async ([range, stopAfter]) => {
    const leaving = new AbortController()
    const headers = range === null ? {} : {Range: range}
    const answer = await fetch('gradio_api/file=large.bin', {headers, signal: leaving.signal, cache: 'no-store'})
    const parts = []
    let size = 0
    const reader = answer.body.getReader()
    for (;;) {
        const {done, value} = await reader.read()
        if (done) break
        parts.push(value)
        size += value.length
        if (stopAfter !== null && size >= stopAfter) { leaving.abort(); break }
    }
    const digest = await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer())
    return {
        status: answer.status,
        size,
        digest: Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join(''),
        range: answer.headers.get('Content-Range'),
        accepts: answer.headers.get('Accept-Ranges'),
    }
}"""


@dataclass(frozen=True)
class Told:
    """What the page got."""

    status: int
    size: int
    digest: str
    range: str | None
    accepts: str | None


@pytest.fixture(scope="module")
def hub(
    hub_of: HubOf,
    run_nginx: RunNginx,
    tmp_path_factory: pytest.TempPathFactory,
    lasting_processes: set[int],
) -> Iterator[AppHub]:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("nginx")
    with socket.create_server(("127.0.0.1", 0)) as outside:
        hub = hub_of(home, {"large": SOURCE}, public_apps_url=f"http://*.localhost:{outside.getsockname()[1]}")
        with run_nginx(replace(hub.settings, secret=keyfile.kept(home / keyfile.SECRET)), outside, folder) as pid:
            lasting_processes.add(pid)
            yield hub


def digest(begin: int, end: int) -> str:
    return hashlib.sha256(WHOLE[begin:end]).hexdigest()


@pytest.mark.parametrize("is_past_nginx", [True, False], ids=["nginx", "front"])
def test_a_part_of_a_large_file_is_a_part_and_a_download_goes_on_where_it_broke_off(
    hub: AppHub, page: Page, *, is_past_nginx: bool
) -> None:
    page.goto(f"{hub.portal}/{hub.apps['large'].ref}/open", timeout=START_MS)
    page.get_by_text("A large file.").wait_for(timeout=START_MS)
    if not is_past_nginx:  # a cookie is kept for a name, whatever the port
        page.goto(f"http://{urlsplit(page.url).hostname}:{hub.apps_port}/", timeout=START_MS)

    def got(wanted: str | None, stop_after: int | None = None) -> Told:
        told: dict[str, Any] = page.evaluate(FETCH, [wanted, stop_after])
        return Told(**told)

    whole = got(None)
    assert (whole.status, whole.size, whole.digest) == (200, LARGE_BYTES, digest(0, LARGE_BYTES))
    part = got("bytes=1000000-1999999")
    assert (part.status, part.range) == (206, f"bytes 1000000-1999999/{LARGE_BYTES}")
    assert part.digest == digest(1_000_000, 2_000_000)
    begun = got(None, stop_after=5_000_000)
    assert 5_000_000 <= begun.size < LARGE_BYTES
    rest = got(f"bytes={begun.size}-")
    assert (rest.status, rest.range) == (206, f"bytes {begun.size}-{LARGE_BYTES - 1}/{LARGE_BYTES}")
    assert rest.digest == digest(begun.size, LARGE_BYTES)
    last = got("bytes=-100")
    assert (last.status, last.digest) == (206, digest(LARGE_BYTES - 100, LARGE_BYTES))
    assert got(f"bytes={LARGE_BYTES}-").status == 416
