"""A framework of somebody else's: an app is a file that defines `answer(path) -> bytes`, or `status` and `body`.

It is named by an entry point, loads nothing heavy, and so lets the tests of processes start fast.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from vitrina.apps.frameworks.framework import NoAppError
from vitrina.apps.stage import Stage
from vitrina.store.frameworks import Signs


class Plain:
    name = "plain"
    signs = Signs(packages=frozenset({"plain"}))

    def environ(self, *, origin: str, scratch: Path) -> Mapping[str, str]:
        return {"PLAIN_ORIGIN": origin}

    def load(self) -> None:
        pass

    def warm(self) -> None:
        pass

    def limber(self) -> None:
        pass

    def settle(self, *, scratch: Path) -> None:
        pass

    def serve(self, stage: Stage) -> None:
        names = stage.run()
        if "answer" not in names:
            raise NoAppError("The app made no answer().", hint="Define answer(path).")
        server = _Server(stage.listen("/health"), answer=names["answer"])
        server.serve_forever()


class _Server(HTTPServer):
    def __init__(self, listener: socket.socket, *, answer: Any) -> None:
        super().__init__(("", 0), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.answer = answer
        listener.setblocking(True)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, _ = self.socket.accept()
        return connection, ("unix", 0)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        body = b"" if self.path == "/health" else self.server.answer(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass
