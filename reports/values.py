"""Values in sentences: how a number of the store is written where the author wrote one."""

from __future__ import annotations

import math
import re
from typing import Any

from vitrina.store.charts import numbers

_NUMBER = re.compile(r"[-−+]?\d[\d\u202f,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_PERCENT = re.compile(r"\s*%")


def numbers_said(text: str) -> bool:
    """Whether the author's words hold a number that can be compared with the store's."""
    return len(_NUMBER.findall(text)) == 1


def written(value: Any, text: str) -> str:
    """The value in the author's words.

    A single number in them is exchanged, with as many decimals as it has, and as a share of a hundred where a per cent
    sign follows. Words without a number, or with several, give way to the value."""
    found = _NUMBER.findall(text)
    if len(found) != 1 or not isinstance(value, int | float) or isinstance(value, bool):
        return alone(value)
    match = _NUMBER.search(text)
    assert match is not None
    sign = _PERCENT.match(text, match.end())
    shown = _like(value * 100 if sign else value, match.group())
    rest = text[match.end() :]
    if sign:
        rest = f"{numbers.THIN_SPACE}%{rest[sign.end() - match.end() :]}"
    return f"{text[: match.start()]}{shown}{rest}".strip()


def alone(value: Any) -> str:
    """A value by itself: three significant digits, words as they are."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return numbers.number(value)
        case None:
            return numbers.MISSING
        case _:
            return str(value)


def full(value: Any) -> str:
    """Every digit, as programs read it."""
    return numbers.MISSING if value is None else repr(value) if isinstance(value, float) else str(value)


def _like(value: float, example: str) -> str:
    """The value with the decimals of an example."""
    if not math.isfinite(value) or "e" in example.lower():
        return numbers.number(value)
    decimals = len(example.partition(".")[2])
    return f"{value:,.{decimals}f}".replace(",", numbers.THIN_SPACE).replace("-", numbers.MINUS)
