"""What an app may say to the hub once it serves: that somebody tried something which is worth keeping.

A packet on the instance's own channel each way, standard library only:

    app to hub   feedback {"id": …, "inputs": …, "output": …, "note": …, "flag": …, "user": …, "visitor": …}
    hub to app   feedback {"id": …, "said": "KEPT"}

Which app it is the hub knows by the channel, so no packet says it. All that stands in one is the app's word: the hub
parses it strictly, and bounds its size, depth and number.
"""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn, Protocol, cast

from vitrina.apps.errors import AppError

MOST_BYTES = 64 * 1024
"""Of a packet; a picture has no place in one."""

MOST_DEEP = 32
"""Lists and mappings in one another."""

MOST_NOTE = 4_000
MOST_FLAG = 64
MOST_NAME = 64
MOST_ID = 32
"""Characters."""

PREFIX = b"feedback "

_FIELDS = frozenset({"id", "inputs", "output", "note", "flag", "user", "visitor"})


class Recorded(Enum):
    """What became of an entry; the value is a sentence for people. Only what is kept counts as true."""

    KEPT = "It is kept."
    PRINTED = "The app does not run in a hub: it was printed, and is kept nowhere."
    SWITCHED_OFF = "Nothing is kept: whoever maintains this app has not switched feedback on."
    TOO_LARGE = "It is too large to be kept."
    TOO_OFTEN = "Too much was recorded within the last minute."
    NOT_NOW = "The hub cannot keep more at the moment; in a while it can."
    FULL = "There is no room left for feedback on this version."
    NOT_UNDERSTOOD = "It cannot be written down as plain values."
    NOT_REACHED = "This process has no way to the hub."
    UNANSWERED = "The hub has not answered; it may be kept later."

    def __bool__(self) -> bool:
        return self is Recorded.KEPT


class NotFeedbackError(AppError):
    """A packet holds no feedback that can be kept."""


@dataclass(frozen=True)
class Said:
    """An entry as an app said it. `inputs` and `output` are JSON as text, in which every number is finite.

    `id` is the app's, for the answer. `user` is the account of who tried it, `visitor` stands for one without account;
    None: the app did not say.
    """

    id: str
    inputs: str
    output: str
    note: str = ""
    flag: str = ""
    user: str | None = None
    visitor: str | None = None


class Intake(Protocol):
    """Takes what instances say. Called in the launcher's event loop: it never waits and never raises."""

    def __call__(self, key: str, number: int, said: Said, /) -> Recorded:
        """What becomes of an entry of the instance `number` of the app revision with this key."""
        ...


def not_kept(_key: str, _number: int, _said: Said) -> Recorded:
    """The intake of whoever keeps nothing."""
    return Recorded.SWITCHED_OFF


def packet(entry: Mapping[str, Any]) -> bytes:
    """An entry as it is sent; its values are plain. Raises ValueError for what JSON has no word for."""
    return PREFIX + json.dumps(entry, allow_nan=False, separators=(",", ":")).encode()


def answer(said: Said, recorded: Recorded) -> bytes:
    """What the hub sends back."""
    return PREFIX + json.dumps({"id": said.id, "said": recorded.name}).encode()


def answered(received: bytes, *, about: str) -> Recorded | None:
    """What the hub said of the entry with this id; None: the packet is about another one."""
    try:
        told = json.loads(received.removeprefix(PREFIX))
        return Recorded[told["said"]] if told["id"] == about else None
    except (ValueError, TypeError, KeyError):
        return None


def is_entry(received: bytes) -> bool:
    """Whether a packet means to be feedback."""
    return received.startswith(PREFIX)


def parse(received: bytes) -> Said:
    """What a packet of an app says. Raises NotFeedbackError."""
    if len(received) > MOST_BYTES:
        raise NotFeedbackError("It is larger than a packet may be.")
    try:
        told: Any = json.loads(received.removeprefix(PREFIX), parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise NotFeedbackError("It is no JSON.") from error
    values = cast("dict[str, Any]", told) if isinstance(told, dict) else {}
    if values.keys() != _FIELDS:
        raise NotFeedbackError("It has other fields than an entry.")
    return Said(
        id=_word(values["id"], most=MOST_ID),
        inputs=_json(values["inputs"]),
        output=_json(values["output"]),
        note=_text(values["note"], most=MOST_NOTE, kept="\n\t"),
        flag=_word(values["flag"], most=MOST_FLAG),
        user=_name(values["user"]),
        visitor=_name(values["visitor"]),
    )


def is_deeper(value: Any, most: int) -> bool:
    """Whether more than `most` lists and mappings lie in one another."""
    level = [value]
    for _ in range(most + 1):
        level = [inner for outer in level for inner in _within(outer)]
        if not level:
            return False
    return True


def _within(value: Any) -> list[Any]:
    match value:
        case dict():
            return list(cast("dict[str, Any]", value).values()) or [None]
        case list():
            return cast("list[Any]", value) or [None]
        case _:
            return []


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _json(value: Any) -> str:
    if is_deeper(value, MOST_DEEP):
        raise NotFeedbackError("Its values lie too deep in one another.")
    return _storable(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _text(value: Any, *, most: int, kept: str = "") -> str:
    if not isinstance(value, str) or len(value) > most:
        raise NotFeedbackError("One of its texts is none, or too long.")
    plain = "".join(sign for sign in value if sign in kept or not unicodedata.category(sign).startswith("C"))
    return _storable(plain).strip()


def _word(value: Any, *, most: int) -> str:
    return " ".join(_text(value, most=most, kept="\n\t").split())


def _name(value: Any) -> str | None:
    return None if value is None else _word(value, most=MOST_NAME) or None


def _storable(text: str) -> str:
    """Half of a surrogate pair, which JSON can hold, is nothing that a database can."""
    return text.encode("utf-8", "replace").decode()
