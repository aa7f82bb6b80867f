"""One GET to an app's server, to see that it answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from vitrina.apps.endings import SEE_LOG
from vitrina.apps.errors import AnswerError
from vitrina.apps.life import Address, TcpAddress, UnixAddress

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter

HTTP_OK = 200


async def answer(address: Address, *, path: str, origin: str) -> None:
    """Return when a GET of `path` at `address` is answered with 200, however long that takes.

    The server sees what it will see of a person who opens `origin`. Raises AnswerError for any other answer, OSError
    when there is no connection or it is closed unanswered.
    """
    reader, writer = await _connect(address)
    try:
        url = urlsplit(origin)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: {url.netloc}\r\nX-Forwarded-Proto: {url.scheme}\r\n"
            f"X-Forwarded-Host: {url.netloc}\r\nX-Forwarded-For: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
        )
        status_line = (await reader.readline()).decode("latin-1").split(maxsplit=2)
    finally:
        writer.close()
    if not status_line:
        raise ConnectionResetError("the connection was closed without an answer")
    if status_line[1:2] != [str(HTTP_OK)]:
        answered = " ".join(status_line[1:]).strip()
        raise AnswerError(f"The app's server answers {answered} to GET {path}, not 200 OK.", hint=SEE_LOG)


async def is_deaf(address: Address) -> bool:
    """Whether nobody listens there any more, which only a Unix socket tells for certain.

    A server that is busy, or answers nonsense, is not deaf.
    """
    if not isinstance(address, UnixAddress):
        return False
    try:
        _, writer = await _connect(address)
    except (ConnectionRefusedError, FileNotFoundError):
        return True
    except OSError:
        return False
    writer.close()
    return False


async def _connect(address: Address) -> tuple[StreamReader, StreamWriter]:
    match address:
        case UnixAddress(path):
            return await asyncio.open_unix_connection(path)
        case TcpAddress(host, port):
            return await asyncio.open_connection(host, port)
