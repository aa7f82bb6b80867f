"""What was just asked of the store is known for a few seconds: an app's page asks hundreds of things at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Answers of a slow question, each for `keep_s` seconds, at most `most` of them. Lives in one event loop.

    Those who ask the same at the same time wait for one answer. An error goes to them all and is not kept. `ask` runs
    in a thread; `clock` gives seconds that only grow.
    """

    def __init__(self, ask: Callable[[Key], Value], *, keep_s: float, most: int, clock: Callable[[], float]) -> None:
        self._ask = ask
        self._keep_s = keep_s
        self._most = most
        self._clock = clock
        self._known: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._asking: dict[Key, asyncio.Future[Value]] = {}

    async def get(self, key: Key) -> Value:
        """The answer for a key, at most `keep_s` old."""
        known = self._known.get(key)
        if known is not None and self._clock() - known[0] < self._keep_s:
            return known[1]
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.ensure_future(self._learn(key))
            asking.add_done_callback(lambda done: self._asked(key, done))
        return await asyncio.shield(asking)  # who goes away takes the answer from nobody

    async def _learn(self, key: Key) -> Value:
        asked_at = self._clock()
        value = await asyncio.to_thread(self._ask, key)
        self._known.pop(key, None)
        self._known[key] = (asked_at, value)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return value

    def _asked(self, key: Key, done: asyncio.Future[Value]) -> None:
        del self._asking[key]
        if not done.cancelled():
            done.exception()  # looked at, so that nobody complains when all who waited for it went away
