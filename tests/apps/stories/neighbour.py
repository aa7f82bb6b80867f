"""Somebody worth attacking: it has a secret file, sockets, shared memory and a buffer, and tells all about itself.

Run as a program it plays a hub, with a port and a datagram socket too; as an app it is another app.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

REPLY = b"you have reached me"
BUFFER = ctypes.create_string_buffer(b"a secret in memory")


def serve(server: socket.socket, reply: Callable[[socket.socket], object]) -> None:
    def answer_all() -> None:
        while True:
            reply(server)

    threading.Thread(target=answer_all, daemon=True).start()


def greet(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.sendall(REPLY)


def echo(server: socket.socket) -> None:
    _, sender = server.recvfrom(64)
    server.sendto(REPLY, sender)


def listening(family: int, address: object) -> socket.socket:
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(address)
    server.listen()
    serve(server, greet)
    return server


def about(folder: Path) -> dict[str, object]:
    secret = folder / "secret"
    secret.write_text("nobody else may read this")
    path = tempfile.mktemp(prefix="s", dir=folder if len(str(folder)) < 80 else None)
    abstract = f"vitrina-test-{os.getpid()}-{secret.stat().st_ino}"
    listening(socket.AF_UNIX, path)
    listening(socket.AF_UNIX, f"\0{abstract}")
    shared = Path(f"/dev/shm/{abstract}")
    shared.write_text("shared among my own processes")
    return {
        "secret": str(secret),
        "folder": str(folder),
        "socket": path,
        "abstract": abstract,
        "shared_name": shared.name,
        "address": ctypes.addressof(BUFFER),
    }


def answer(path: str) -> bytes:
    return json.dumps(ABOUT).encode()


def be_a_hub() -> None:
    from vitrina.apps import privileges

    privileges.give_up()  # as a hub that is not root's
    port = listening(socket.AF_INET, ("0.0.0.0", 0)).getsockname()[1]
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("0.0.0.0", 0))
    serve(datagrams, echo)
    told = {"pid": os.getpid(), "port": port, "datagram_port": datagrams.getsockname()[1]}
    sys.stdout.write(json.dumps(ABOUT | told) + "\n")
    sys.stdout.flush()
    signal.sigwait({signal.SIGTERM})


if len(sys.argv) == 2:
    ABOUT = about(Path(sys.argv[1]))
    be_a_hub()
    Path(f"/dev/shm/{ABOUT['shared_name']}").unlink()
else:
    ABOUT = about(Path.home())
