"""What pages of apps do by themselves, by a clock, with nobody there: it neither wakes an app nor keeps it awake.

    Streamlit   a fragment with `run_every`, and the heartbeat: a message on its socket says so (protocol buffers)
    Dash        `dcc.Interval`: the callback's request names what changed, and that is only `n_intervals`
    Gradio      `gr.Timer`: the event's request names the component that caused it; see `vitrina.hub.proxy.ticks`

What an app's own script in the page repeats cannot be told from a person's doing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from aiohttp import web

DASH_CALLBACK = "/_dash-update-component"
GRADIO_EVENT = "/queue/join"
GRADIO_EVENT_AT_ONCE = "/run/"
"""Where the page of an app says what happened: in the line, and past it (`queue=False`)."""

MOST_BYTES = 64 * 1024
"""So much of a callback's body is looked at: an interval's names what changed before that, and an event that a timer
caused seldom carries more."""

_CHANGED = re.compile(rb'"changedPropIds":\s*\[([^\]]*)\]')
_BY_CLOCK = re.compile(rb'\s*"(?:[^"\\]|\\.)*\.n_intervals"\s*')

RERUN_SCRIPT = 11
APP_HEARTBEAT = 17
"""Fields of Streamlit's `BackMsg`."""

IS_AUTO_RERUN = 6
"""Field of its `ClientState`."""


@dataclass(frozen=True, slots=True)
class GradioEvent:
    """Something that happened in a page of Gradio's."""

    session: str
    """Which page it is."""

    component: int
    """What caused it: also of what follows on something else (`.then`), the first cause."""


def is_told(framework: str, method: str, path: str) -> bool:
    """Whether the body of such a request tells whether a clock sent it."""
    match framework:
        case "dash":
            return method == "POST" and path.endswith(DASH_CALLBACK)
        case "gradio":
            return method == "POST" and (path.endswith(GRADIO_EVENT) or GRADIO_EVENT_AT_ONCE in path)
        case _:
            return False


async def begun(request: web.Request, framework: str) -> bytes:
    """The beginning of a request's body, where it tells whether a clock sent it; empty where it is not looked at."""
    if not is_told(framework, request.method, request.path) or "Expect" in request.headers:  # it waits to be asked
        return b""
    read = b""
    while len(read) < MOST_BYTES and _CHANGED.search(read) is None and (more := await request.content.readany()):
        read += more
    return read


def is_callback_by_clock(body: bytes) -> bool:
    """Whether this beginning of a Dash callback's body says that only intervals caused it."""
    found = _CHANGED.search(body)
    return found is not None and all(_BY_CLOCK.fullmatch(name) for name in found[1].split(b","))


def gradio_event(body: bytes) -> GradioEvent | None:
    """The event in the whole body of a request; None: it is none of a page's, or was not read to its end."""
    match _parsed(body):
        case {"session_hash": str(session), "trigger_id": int(component)}:
            return GradioEvent(session, component)
        case _:
            return None


def gradio_timers(config: bytes) -> frozenset[int]:
    """The components that only ever tick, by what an app says of itself (`/config`); none when it says nothing."""
    targets = [one for dependency in _items(_parsed(config), "dependencies") for one in _targets(dependency)]
    others = {component for component, event in targets if event != "tick"}
    return frozenset(component for component, event in targets if event == "tick") - others


def is_message_by_clock(framework: str, message: bytes) -> bool:
    """Whether a message that a page sends on its socket was sent by a clock."""
    if framework != "streamlit":
        return False
    fields = dict(_fields(message))
    rerun = fields.get(RERUN_SCRIPT)
    return APP_HEARTBEAT in fields or (isinstance(rerun, bytes) and dict(_fields(rerun)).get(IS_AUTO_RERUN) == 1)


def _targets(dependency: object) -> Iterator[tuple[int, str]]:
    """Which events of which components cause a dependency of Gradio's."""
    for target in _items(dependency, "targets"):
        match target:
            case [int(component), str(event)]:
                yield component, event
            case _:
                pass


def _items(thing: object, name: str) -> list[object]:
    """What a mapping has as a list under this name; nothing where it is none."""
    found = cast("dict[str, object]", thing).get(name) if isinstance(thing, dict) else None
    return cast("list[object]", found) if isinstance(found, list) else []


def _parsed(text: bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


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
