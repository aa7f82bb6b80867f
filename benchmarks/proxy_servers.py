"""The servers that `proxy.py` and `proxy_sockets.py` measure, each a process of its own: `proxy_servers.py ROLE PLACE`.

A role says in one line of JSON where it is to be asked, and with which headers.
"""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import grp
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

if TYPE_CHECKING:
    from vitrina.hub.settings import Settings

HOST = "127.0.0.1"
SMALL = b"x" * 1024
LARGE = b"x" * (16 * 2**20)
OWN_USER = f"{getpass.getuser()} {grp.getgrgid(os.getgid()).gr_name}"
NGINX_PATH = f"{os.environ['PATH']}:/usr/sbin"


@dataclass(frozen=True)
class Target:
    """Where requests go."""

    name: str
    port: int
    headers: Mapping[str, str]
    pid: int

    @property
    def used_s(self) -> float:
        """Processor time that its process and its children have used so far."""
        return sum(map(_used_s, [self.pid, *_children(self.pid)]))

    def request(self, path: str) -> bytes:
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _used_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [deeper for child in found for deeper in _children(child)]


# ---------- what is measured, each in a process of its own


async def serve_app(place: str) -> None:
    """The app: small answers, a large one, and a WebSocket that says what it hears. Also on a Unix socket."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if "Upgrade" not in request.headers:
            return web.Response(body=LARGE if request.path == "/large" else SMALL)
        sock = web.WebSocketResponse(compress=False)
        await sock.prepare(request)
        async for message in sock:
            await sock.send_str(message.data)
        return sock

    runner = web.ServerRunner(web.Server(answer), access_log=None)
    await runner.setup()
    await web.UnixSite(runner, place, backlog=2048).start()
    with socket.create_server((HOST, 0), backlog=2048) as listener:
        await web.SockSite(runner, listener).start()
        say(port=listener.getsockname()[1])
        await asyncio.Event().wait()


async def serve_bare_proxy(place: str) -> None:
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(place, limit=0), auto_decompress=False) as client:

        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            async with client.get(f"http://app{request.raw_path}") as told:
                response = web.StreamResponse(
                    status=told.status, headers={"Content-Length": told.headers["Content-Length"]}
                )
                await response.prepare(request)
                async for chunk in told.content.iter_any():
                    await response.write(chunk)
                await response.write_eof()
                return response

        runner = web.ServerRunner(web.Server(answer), access_log=None)
        await runner.setup()
        with socket.create_server((HOST, 0)) as listener:
            await web.SockSite(runner, listener).start()
            say(port=listener.getsockname()[1])
            await asyncio.Event().wait()


async def serve_front(place: str) -> None:
    """The whole front over a store in a file; only the app's process is played."""
    with socket.create_server((HOST, 0), backlog=2048) as listener:
        async with front_at(place, listener, None) as (settings, headers):
            say(port=settings.apps_port, **headers)
            await asyncio.Event().wait()


async def serve_edge(place: str) -> None:
    """The same behind nginx, as `vitrina edge nginx` sets it up."""
    from vitrina.hub.edge.nginx import FOLDER, Wanted, configuration

    with socket.create_server((HOST, 0)) as listener, socket.create_server((HOST, 0), backlog=2048) as outside:
        port = outside.getsockname()[1]
        async with front_at(place, listener, f"http://*.localhost:{port}") as (settings, headers):
            (settings.home / FOLDER).mkdir()
            text = configuration(settings, Wanted(error_log="stderr", is_foreground=True))
            with nginx(settings.home, text, outside):
                say(port=port, **headers)
                await asyncio.Event().wait()


async def serve_nginx(place: str) -> None:
    """nginx before the app with nothing but what streaming needs."""
    folder = Path(place).parent / "bare"
    folder.mkdir()
    with socket.create_server((HOST, 0), backlog=2048) as outside:
        port = outside.getsockname()[1]
        text = BARE_NGINX.format(user=OWN_USER, folder=folder, port=port, place=place)
        with nginx(folder, text, outside):
            say(port=port)
            await asyncio.Event().wait()


async def serve_fast_app(place: str) -> None:
    """An app that is no brake on any nginx before it: another nginx."""
    folder = Path(place).parent / "fast"
    folder.mkdir()
    text = FAST_APP.format(user=OWN_USER, folder=folder, place=place, body=SMALL.decode())
    with socket.create_server((HOST, 0)) as outside, nginx(folder, text, outside):
        say(port=outside.getsockname()[1])
        await asyncio.Event().wait()


COMMON = """
daemon off;
user {user};
worker_processes auto;
pid {folder}/pid;
error_log stderr crit;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/t; proxy_temp_path {folder}/t; fastcgi_temp_path {folder}/t;
    uwsgi_temp_path {folder}/t; scgi_temp_path {folder}/t;
    map $http_upgrade $to_app {{ default upgrade; "" close; }}
"""
BARE_NGINX = (
    COMMON
    + """
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://unix:{place};
            proxy_http_version 1.1;
            proxy_buffering off;
            proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $to_app;
        }}
    }}
}}
"""
)
FAST_APP = (
    COMMON
    + """
    server {{
        listen unix:{place} backlog=2048;
        location / {{ return 200 "{body}"; }}
    }}
}}
"""
)


@contextlib.contextmanager
def nginx(folder: Path, text: str, listener: socket.socket) -> Generator[None]:
    """Runs nginx on a socket that it inherits; it ends with this process's group."""
    file = folder / "nginx.conf"
    file.write_text(text)
    program = shutil.which("nginx", path=NGINX_PATH)
    assert program
    listener.setblocking(False)  # nginx sees to that only for sockets that it opens itself
    inherited = os.environ | {"NGINX": f"{listener.fileno()};"}
    command = [program, "-p", str(folder), "-c", str(file), "-e", "stderr"]
    with subprocess.Popen(command, env=inherited, pass_fds=[listener.fileno()]) as process:
        try:
            yield
        finally:
            process.terminate()


@contextlib.asynccontextmanager
async def front_at(
    place: str, listener: socket.socket, apps_url: str | None
) -> AsyncGenerator[tuple[Settings, Mapping[str, str]]]:
    """A front that serves the app at `place`; gives its settings and the headers of a visitor who is inside."""
    from vitrina.apps.launchers.memory import MemoryLauncher
    from vitrina.apps.life import UnixAddress
    from vitrina.apps.supervisor import Supervisor
    from vitrina.hub import front
    from vitrina.hub.proxy.diary import Diary
    from vitrina.hub.proxy.passes import Pass, Passes, new_session
    from vitrina.hub.settings import Settings
    from vitrina.store.apps import AppDraft
    from vitrina.store.opening import open_store
    from vitrina.store.records import Visibility
    from vitrina.store.refs import Noun
    from vitrina.store.registry import Draft

    home = Path(place).parent / ("edge-home" if apps_url else "home")
    with open_store(home=home) as store:
        project = store.projects.describe(store.projects.ensure("demo", "cost"), visibility=Visibility.PUBLIC)
        file = home / "file"
        file.write_bytes(b"content")
        version = store.registry.log(project, Noun.MODEL, "model", Draft([("file", file)])).version
        app = store.apps.log(version, "app", AppDraft(file, "a" * 64, "gradio", "app.py", "."))
        settings = Settings(place=store.place, apps_port=listener.getsockname()[1], public_apps_url=apps_url)
        diary, launcher = Diary(store, front=front.name_of_front()), MemoryLauncher()
        runner = front.runner(
            front.create_front(settings, store, Supervisor(launcher, on_change=diary.note), diary=diary)
        )
        await runner.setup()
        await web.SockSite(runner, listener, backlog=2048).start()
        site = settings.sites.of(app)
        given = Pass(app.revision_id, None, new_session())
        cookie = Passes(settings.secret, clock=time.time).cookie(given, site).partition(";")[0]
        front.set_memory_apart()

        async def start_apps() -> None:
            while True:
                started = await launcher.arrivals.get()
                started.address = UnixAddress(Path(place))
                started.answer()

        starting = asyncio.create_task(start_apps())
        yield settings, {"Host": site.origin.removeprefix("http://"), "Cookie": cookie, "Origin": site.origin}
        starting.cancel()


def say(**told: object) -> None:
    print(json.dumps(told), flush=True)


# ---------- starting them


@contextlib.contextmanager
def server(name: str, role: str, place: str) -> Generator[Target]:
    """A process of this file that plays a role."""
    command = [sys.executable, __file__, role, place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout
        try:
            told = json.loads(process.stdout.readline())
            port = int(told.pop("port"))
            yield Target(name, port, {"Host": f"{HOST}:{port}"} | told, process.pid)
        finally:
            os.killpg(process.pid, signal.SIGTERM)


@contextlib.contextmanager
def configurable_http_proxy(target: Target) -> Generator[Target | None]:
    program = shutil.which("configurable-http-proxy")
    if program is None:
        yield None
        return
    with socket.create_server((HOST, 0)) as one, socket.create_server((HOST, 0)) as other:
        port, api = one.getsockname()[1], other.getsockname()[1]
    command = [program, "--ip", HOST, "--port", str(port), "--api-port", str(api), "--log-level", "error"]
    with subprocess.Popen([*command, "--default-target", f"http://{HOST}:{target.port}"]) as process:
        try:
            await_port(port)
            yield Target("configurable-http-proxy", port, {"Host": f"{HOST}:{port}"}, process.pid)
        finally:
            process.terminate()


def await_port(port: int) -> None:
    while True:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection((HOST, port)):
            return
        time.sleep(0.05)


ROLES = {
    "app": serve_app,
    "bare": serve_bare_proxy,
    "front": serve_front,
    "edge": serve_edge,
    "nginx": serve_nginx,
    "fast": serve_fast_app,
}

if __name__ == "__main__":
    asyncio.run(ROLES[sys.argv[1]](sys.argv[2]))
