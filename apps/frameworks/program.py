"""An app that is a program: it is started beside its relay, which passes connections on to where it listens.

The relay is the app's own process: it has the socket that the proxy knows, and the program a port of its own loopback
or a socket in its private folder. Bytes pass as they are, both ways, each way to its own end. The app is there when the
program answers HTTP for the first time, and ends when the program does.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from vitrina.apps import recording
from vitrina.apps.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vitrina.apps.stage import Stage

HEALTH = "/_vitrina/health"
"""Below the app's prefix; the relay itself answers it, since what else answers 200 differs from program to program."""

HOST = "127.0.0.1"
CHUNK_BYTES = 64 * 1024
ASKED_AGAIN_S = 0.05
ENDS_WITHIN_S = 2.0
"""So long a program may take to end when it is told to; the supervisor waits longer than that."""

MOST_SOCKET_PATH_BYTES = 107
SERVER_ERROR = b"5"


class ProgramError(AppError):
    """A program cannot be begun, or ended before it answered."""


@dataclass(frozen=True)
class Place:
    """Where a program is to listen: a port of its loopback, and a socket; it takes one of the two."""

    port: int
    socket: Path
    is_socket: bool


@dataclass(frozen=True)
class Program:
    """A command line in which all is filled in, and what it gets of variables beside those of its app."""

    arguments: Sequence[str]
    place: Place
    environment: Mapping[str, str] = field(default_factory=dict[str, str])


def find_place(*, is_socket: bool) -> Place:
    """A place where nothing listens. Raises ProgramError where the app may not listen on any port."""
    folder = Path(tempfile.gettempdir())
    path = folder / "app.socket"
    if is_socket and len(os.fsencode(path)) > MOST_SOCKET_PATH_BYTES:
        raise ProgramError(f"The name of a socket in {folder} is too long.", hint="Let the program take a port: {port}")
    return Place(0 if is_socket else _free_port(), path, is_socket)


def _free_port() -> int:
    try:
        with socket.create_server((HOST, 0)) as found:
            port: int = found.getsockname()[1]
            return port
    except OSError as error:
        raise ProgramError(
            f"The app may not listen on a port ({error.strerror}).",
            hint="Let it have the network of its own loopback, or take a socket instead: {socket}",
        ) from error


def serve(stage: Stage, program: Program) -> None:
    """Run the program and pass people on to it, until one of the two is told to end.

    Raises ProgramError when it cannot be begun or ends unasked before it answered; SystemExit, as the program ended,
    when it ends after that.
    """
    code = asyncio.run(_Relay(stage, program).run())
    if code:
        sys.exit(code)


class _Relay:
    def __init__(self, stage: Stage, program: Program) -> None:
        self._stage = stage
        self._program = program
        self._health = f"{stage.prefix}{HEALTH}"
        self._is_told = asyncio.Event()

    async def run(self) -> int:
        """The exit code: that of the program, or 0 when the app was told to end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._is_told.set)
        process = await self._begin()
        ended, told = asyncio.create_task(process.wait()), asyncio.create_task(self._is_told.wait())
        answered = asyncio.create_task(self._first_answer())
        try:
            await asyncio.wait({answered, ended, told}, return_when=asyncio.FIRST_COMPLETED)
            if answered.done():
                answered.result()
                await self._pass_on(ended, told)
        finally:
            answered.cancel()
            told.cancel()
            if not ended.done():
                await _end(process, ended)
        if self._is_told.is_set():
            return 0
        if not answered.done() or answered.cancelled():
            raise ProgramError(
                f"{self._program.arguments[0]} ended before it answered (exit code {process.returncode}).",
                hint="Its last log lines show why.",
            )
        return process.returncode or 0

    async def _begin(self) -> asyncio.subprocess.Process:
        arguments = self._program.arguments
        folder = Path(sys.executable).parent  # where the programs of its Python are, such as tensorboard
        path = os.pathsep.join([str(folder), os.environ.get("PATH", os.defpath)])
        environment = {**os.environ, "PATH": path, **self._program.environment}
        try:
            return await asyncio.create_subprocess_exec(
                *_found(arguments, path),
                stdin=asyncio.subprocess.DEVNULL,
                env=environment,
                pass_fds=recording.kept_open(environment),
            )
        except OSError as error:
            raise ProgramError(
                f"{arguments[0]} cannot be begun: {error.strerror}.", hint="Install it where the hub runs."
            ) from error

    async def _first_answer(self) -> None:
        """Ask, until the program answers anything but that something is wrong with it: nobody tells when it listens."""
        host = urlsplit(self._stage.origin).netloc
        asked = f"GET {self._stage.prefix}/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        while True:
            with suppress(OSError):
                reader, writer = await self._connect()
                try:
                    writer.write(asked)
                    status = (await reader.readline()).split()
                finally:
                    writer.close()
                if len(status) > 1 and status[0].startswith(b"HTTP/") and not status[1].startswith(SERVER_ERROR):
                    return
            await asyncio.sleep(ASKED_AGAIN_S)

    async def _pass_on(self, ended: asyncio.Task[int], told: asyncio.Task[bool]) -> None:
        listener = self._stage.listen(self._health)
        begin = asyncio.start_unix_server if listener.family == socket.AF_UNIX else asyncio.start_server
        server = await begin(self._join, sock=listener)
        await asyncio.wait({ended, told}, return_when=asyncio.FIRST_COMPLETED)
        server.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        place = self._program.place
        if place.is_socket:
            return await asyncio.open_unix_connection(place.socket)
        return await asyncio.open_connection(HOST, place.port)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end. Only its first bytes are looked at: those who ask for health ask nothing else."""
        try:
            first = await reader.read(CHUNK_BYTES)
            if first.startswith(f"GET {self._health} ".encode()):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                await writer.drain()
                return
            with suppress(OSError):  # the program went away: then so does the connection
                there, thither = await self._connect()
                try:
                    thither.write(first)
                    await asyncio.gather(_pump(reader, thither), _pump(there, writer))
                finally:
                    thither.close()
        except ConnectionError:  # the proxy went away
            return
        finally:
            writer.close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Pass bytes on until their end, and then the end; as fast as they are taken."""
    while data := await source.read(CHUNK_BYTES):
        target.write(data)
        await target.drain()
    if target.can_write_eof():
        target.write_eof()


async def _end(process: asyncio.subprocess.Process, ended: asyncio.Task[int]) -> None:
    """Ask the program to end; what it leaves behind its guard ends (see `vitrina.apps.guard`)."""
    process.terminate()
    await asyncio.wait({ended}, timeout=ENDS_WITHIN_S)
    if not ended.done():
        process.kill()
        await ended


def _found(arguments: Sequence[str], path: str) -> list[str]:
    """The program by its whole name: it is looked for in its own PATH, not in that of this process."""
    import shutil

    program, *rest = arguments
    return [shutil.which(program, path=path) or program, *rest]
