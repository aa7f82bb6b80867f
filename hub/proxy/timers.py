"""What pages of apps do by themselves, by a clock, with nobody there: it neither wakes an app nor keeps it awake.

    Streamlit   a fragment with `run_every`, and the heartbeat: a message on its socket says so (protocol buffers)
    Dash        `dcc.Interval`: the callback's request names what changed, and that is only `n_intervals`

What an app's own script in the page repeats cannot be told from a person's doing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiohttp import web

DASH_CALLBACK = "/_dash-update-component"

MOST_BYTES = 64 * 1024
"""So much of a callback's body is looked at: an interval's names what changed before that."""

_CHANGED = re.compile(rb'"changedPropIds":\s*\[([^\]]*)\]')
_BY_CLOCK = re.compile(rb'\s*"(?:[^"\\]|\\.)*\.n_intervals"\s*')

RERUN_SCRIPT = 11
APP_HEARTBEAT = 17
"""Fields of Streamlit's `BackMsg`."""

IS_AUTO_RERUN = 6
"""Field of its `ClientState`."""


async def begun(request: web.Request, framework: str) -> bytes:
    """The beginning of a request's body, where it tells whether a clock sent it; empty where it is not looked at."""
    is_callback = framework == "dash" and request.method == "POST" and request.path.endswith(DASH_CALLBACK)
    if not is_callback or "Expect" in request.headers:  # that one waits to be asked for it
        return b""
    read = b""
    while len(read) < MOST_BYTES and _CHANGED.search(read) is None and (more := await request.content.readany()):
        read += more
    return read


def is_callback_by_clock(body: bytes) -> bool:
    """Whether this beginning of a Dash callback's body says that only intervals caused it."""
    found = _CHANGED.search(body)
    return found is not None and all(_BY_CLOCK.fullmatch(name) for name in found[1].split(b","))


def is_message_by_clock(framework: str, message: bytes) -> bool:
    """Whether a message that a page sends on its socket was sent by a clock."""
    if framework != "streamlit":
        return False
    fields = dict(_fields(message))
    rerun = fields.get(RERUN_SCRIPT)
    return APP_HEARTBEAT in fields or (isinstance(rerun, bytes) and dict(_fields(rerun)).get(IS_AUTO_RERUN) == 1)


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message in protocol buffers' wire format, as far as it is well formed."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        match key & 7:
            case 0:
                value, at = _varint(message, at)
            case 1:
                value, at = message[at : at + 8], at + 8
            case 2:
                size, at = _varint(message, at)
                value, at = message[at : at + size], at + size
            case 5:
                value, at = message[at : at + 4], at + 4
            case _:
                return
        yield key >> 3, value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 or shift > 63:
            break
    return value, at
