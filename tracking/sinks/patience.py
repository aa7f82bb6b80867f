"""How long a call waits for a store that is away for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from vitrina.store.engine import StoreForbiddenError, StoreUnavailableError

LIMIT_S = 60.0
"""A server that starts anew is back sooner; a script should not stand still for longer without a word."""

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 2.0

T = TypeVar("T")


class StoreAwayError(StoreUnavailableError):
    """A store was waited for in vain; nothing of what was asked was stored."""

    def __init__(self, limit_s: float, error: StoreUnavailableError) -> None:
        super().__init__(
            f"{error.message} It was waited for, {limit_s:g} s long; nothing of this call was stored.", hint=error.hint
        )


@dataclass(frozen=True, slots=True)
class Patience:
    """Asks a store again that cannot answer now."""

    limit_s: float = LIMIT_S
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def wait_for(self, act: Callable[[], T]) -> T:
        """What `act` gives, which stores all or nothing and may be done twice. It is begun again, after longer and
        longer pauses, for `limit_s`; then StoreAwayError. A store that may not be used at all is not waited for."""
        until, pause = self.clock() + self.limit_s, FIRST_PAUSE_S
        while True:
            try:
                return act()
            except StoreForbiddenError:
                raise
            except StoreUnavailableError as error:
                if self.clock() + pause > until:
                    raise StoreAwayError(self.limit_s, error) from error
            self.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
