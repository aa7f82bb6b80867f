"""The road out of uv's sandbox: to the hosts of the index, and nowhere else."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from vitrina.apps import relay, trial
from vitrina.apps.environments.environments import Environments
from vitrina.apps.environments.index import Index, configured
from vitrina.apps.environments.road import Road, proxy_for
from vitrina.apps.environments.uv import BuildError
from vitrina.apps.levels import Level
from vitrina.apps.life import UnixAddress

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the library
        pass


@pytest.fixture
def address(shop) -> Iterator[str]:
    """Of the shop's folder over HTTP."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(shop.folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


async def asked(road: Road, folder: Path, head: str, then: bytes = b"") -> bytes:
    """What comes back along a road."""
    async with road.open(folder / "s"):
        reader, writer = await relay.connect(UnixAddress(folder / "s"))
        writer.write(head.replace("\n", "\r\n").encode() + then)
        answer = await reader.read()
        writer.close()
    return answer


async def test_the_index_is_reached_by_requests(address: str, tmp_path: Path) -> None:
    answer = await asked(Road(Index(address, "a test")), tmp_path, f"GET {address}/greeting/ HTTP/1.1\nHost: x\n\n")
    assert answer.startswith(b"HTTP/1.0 200 OK")
    assert b"greeting-1.0-py3-none-any.whl" in answer


async def test_the_index_is_reached_by_tunnels(address: str, tmp_path: Path) -> None:
    host = address.removeprefix("http://")
    tunnelled = f"GET /greeting/ HTTP/1.0\r\nHost: {host}\r\n\r\n".encode()
    answer = await asked(Road(Index(address, "a test")), tmp_path, f"CONNECT {host} HTTP/1.1\n\n", tunnelled)
    assert answer.startswith(b"HTTP/1.1 200 Connection established")
    assert b"greeting-1.0-py3-none-any.whl" in answer


@pytest.mark.parametrize(
    "head",
    [
        "CONNECT evil.example.org:443 HTTP/1.1\n\n",
        "CONNECT index.example.org:22 HTTP/1.1\n\n",
        "GET http://evil.example.org/ HTTP/1.1\n\n",
        "GET http://127.0.0.1:8400/ HTTP/1.1\n\n",
        "GET / HTTP/1.1\n\n",
        "CONNECT index.example.org.evil.example.org:443 HTTP/1.1\n\n",
        "\n\n",
    ],
)
async def test_nobody_else_is(head: str, tmp_path: Path) -> None:
    road = Road(Index("https://index.example.org/simple", "a test"))
    assert (await asked(road, tmp_path, head)).startswith(b"HTTP/1.1 403 ")
    assert len(road.refused) == 1


async def test_what_does_not_answer_is_said(tmp_path: Path) -> None:
    road = Road(Index("http://127.0.0.1:1", "a test"))
    assert (await asked(road, tmp_path, "GET http://127.0.0.1:1/ HTTP/1.1\n\n")).startswith(b"HTTP/1.1 502 ")


async def test_the_operators_own_proxy_is_gone_through(tmp_path: Path) -> None:
    heard: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 Yes\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    index = Index("https://index.example.org", "a test", {"HTTPS_PROXY": f"http://me:secret@127.0.0.1:{port}"})
    answer = await asked(Road(index), tmp_path, "CONNECT index.example.org:443 HTTP/1.1\n\n")
    server.close()
    assert answer == b"HTTP/1.1 200 Yes\r\n\r\n"
    assert b"CONNECT index.example.org:443 HTTP/1.1\r\n" in heard[0]
    assert b"Proxy-Authorization: Basic bWU6c2VjcmV0\r\n" in heard[0]


@pytest.mark.parametrize(
    ("road", "proxy"),
    [
        ({}, None),
        ({"https_proxy": "http://p:3128"}, "p:3128"),
        ({"HTTP_PROXY": "http://p:3128"}, None),
        ({"ALL_PROXY": "p:3128"}, "p:3128"),
        ({"HTTPS_PROXY": "http://p:3128", "NO_PROXY": "other, .example.org"}, None),
        ({"HTTPS_PROXY": "http://p:3128", "NO_PROXY": "ample.org"}, "p:3128"),
        ({"HTTPS_PROXY": "http://p:3128", "NO_PROXY": "*"}, None),
    ],
)
def test_a_proxy_is_found_as_other_programs_find_it(road: dict[str, str], proxy: str | None) -> None:
    found = proxy_for(road, scheme="https", host="index.example.org")
    assert (found and found.netloc) == proxy


def test_files_of_an_index_may_lie_on_hosts_that_the_operator_names(tmp_path: Path) -> None:
    variables = {"VITRINA_INDEX_URL": "https://index.example.org", "VITRINA_INDEX_HOSTS": "files.example.org, cdn.x"}
    index = configured(variables, home=tmp_path)
    assert index.may_lead_to("files.example.org", 443)
    assert not index.may_lead_to("pypi.org", 443)
    assert configured({}, home=tmp_path).may_lead_to("files.pythonhosted.org", 443)


@pytest.fixture
def sandboxed(address: str, tmp_path: Path) -> Iterator[Environments]:
    if reason := trial.available().lacking.get(Level.SANDBOX):
        pytest.skip(f"THIS MACHINE CANNOT GIVE A SANDBOX: {reason}")
    made = Environments(tmp_path / "environments", index=Index(address, "a test"), level=Level.SANDBOX)
    yield made
    made.close()


@pytest.mark.slow
async def test_uv_in_its_sandbox_builds_from_an_index_over_the_network(sandboxed: Environments) -> None:
    found = await sandboxed.prepare("greeting==2.0", framework="none")
    assert found.environment
    assert sandboxed.list()[0].libraries == ["greeting==2.0", "politeness==1.5"]


@pytest.mark.slow
async def test_an_index_that_leads_elsewhere_is_not_followed(sandboxed: Environments, shop) -> None:
    elsewhere = shop.folder / "elsewhere"
    elsewhere.mkdir()
    link = "http://127.0.0.1:9/elsewhere-1.0-py3-none-any.whl#sha256=" + "0" * 64
    (elsewhere / "index.html").write_text(f'<a href="{link}">elsewhere-1.0-py3-none-any.whl</a>')
    with pytest.raises(
        BuildError, match=r"the index leads to 127\.0\.0\.1, from where .* VITRINA_INDEX_HOSTS=127\.0\.0\.1"
    ):
        await sandboxed.prepare("elsewhere", framework="none")


async def test_a_road_that_is_closed_with_people_on_it_says_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Road(Index("http://index.example.org", "a test")).open(tmp_path / "s"):
        reader, writer = await relay.connect(UnixAddress(tmp_path / "s"))
        writer.write(b"CONNECT evil.example.org:443")
        await writer.drain()
        other, last = await relay.connect(UnixAddress(tmp_path / "s"))
        last.write(b"GET / HTTP/1.1\r\n\r\n")  # its answer shows that the first is being read
        assert (await other.read()).startswith(b"HTTP/1.1 403")
    assert await reader.read() == b""
    writer.close()
    last.close()
    assert caplog.messages == []
