"""Closes the socket that it listens on, and goes on as if nothing were."""

import vitrina_plain


def _close(handler: vitrina_plain._Handler) -> None:
    if handler.path == "/close":
        handler.server.socket.close()
        handler.server.get_request = _nobody
    _do_get(handler)


def _nobody() -> None:
    raise OSError("nobody comes any more")


_do_get = vitrina_plain._Handler.do_GET
vitrina_plain._Handler.do_GET = _close


def answer(path: str) -> bytes:
    return b"hello"
