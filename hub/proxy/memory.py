"""What was just asked of the store is known for a few seconds: an app's page asks hundreds of things at once.

While the store is away, or takes its time, what it said last is still believed for a while: open apps go on. Nothing
can be decided anew in a store that is away, so nothing is missed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

Key = TypeVar("Key")
Value = TypeVar("Value")

OUTLIVES_S = 600.0
"""So long the last answer of a store that is away is believed."""

PATIENCE_S = 1.0
"""After so long without an answer, somebody who was answered before is served by that."""


@dataclass(frozen=True, slots=True)
class _Known(Generic[Value]):
    value: Value
    learned_s: float
    asked_s: float
    """When it was asked again last, in vain or not."""


@dataclass(frozen=True, slots=True)
class _Asking(Generic[Value]):
    since_s: float
    answer: asyncio.Future[Value]


class Memory(Generic[Key, Value]):
    """Answers of a slow question, each for `keep_s` seconds, at most `most` of them. Lives in one event loop.

    Those who ask the same at the same time wait for one answer. An error goes to those whom no earlier answer serves,
    and is not kept. `ask` runs in a thread; `clock` gives seconds that only grow.
    """

    def __init__(self, ask: Callable[[Key], Value], *, keep_s: float, most: int, clock: Callable[[], float]) -> None:
        self._ask = ask
        self._keep_s = keep_s
        self._most = most
        self._clock = clock
        self._known: OrderedDict[Key, _Known[Value]] = OrderedDict()
        self._asking: dict[Key, _Asking[Value]] = {}

    async def get(self, key: Key) -> Value:
        """The answer for a key, at most `keep_s` old; older only while no newer one can be had."""
        known = self._known.get(key)
        if known is not None and self._clock() - known.asked_s < self._keep_s:
            return known.value
        asking = self._asking.get(key) or self._begin(key)
        if known is not None and self._is_believed(known):
            left_s = PATIENCE_S - (self._clock() - asking.since_s)
            await asyncio.wait({asking.answer}, timeout=max(left_s, 0.0))
            if not asking.answer.done():
                return known.value
        return await asyncio.shield(asking.answer)  # who goes away takes the answer from nobody

    def _begin(self, key: Key) -> _Asking[Value]:
        since_s = self._clock()
        asking = self._asking[key] = _Asking(since_s, asyncio.ensure_future(self._learn(key, since_s)))
        asking.answer.add_done_callback(lambda done: self._asked(key, done))
        return asking

    async def _learn(self, key: Key, asked_s: float) -> Value:
        try:
            value = await asyncio.to_thread(self._ask, key)
        except Exception as error:
            known = self._known.get(key)
            if known is None or not self._is_believed(known):
                raise
            log.warning("What was known before serves on: %s", error, extra={"action": "store_away"})
            self._known[key] = replace(known, asked_s=self._clock())
            return known.value
        self._known.pop(key, None)
        self._known[key] = _Known(value, asked_s, asked_s)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return value

    def _is_believed(self, known: _Known[Value]) -> bool:
        return self._clock() - known.learned_s < OUTLIVES_S

    def _asked(self, key: Key, done: asyncio.Future[Value]) -> None:
        del self._asking[key]
        if not done.cancelled():
            done.exception()  # looked at, so that nobody complains when all who waited for it went away
