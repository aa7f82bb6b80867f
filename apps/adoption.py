"""Whether an instance that was found running is what it says: nothing is sent to one that is not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from vitrina.apps.errors import AppError
from vitrina.apps.life import UnixAddress

if TYPE_CHECKING:
    from collections.abc import Callable

    from vitrina.apps.launchers.launcher import Adopted
    from vitrina.apps.order import Order

HEALTH_TIMEOUT_S = 5.0
"""It served before: an answer takes no time, unless it hangs."""


class UnfitError(AppError):
    """An instance that was found running cannot be taken over."""


def fit(found: Adopted, order: Order | None, *, born: Callable[[int], int | None]) -> Order:
    """The order it fulfils. Raises UnfitError unless all that was noted of it is true of the app that is wanted today.

    `order` is that of its key today; None: there is no such app any more. `born` tells when a pid's process began.
    """
    if order is None:
        raise UnfitError("The app is not there any more.")
    if found.bundle_digest != order.bundle_digest:
        raise UnfitError(f"It runs another bundle ({found.bundle_digest[:12]}) than the app has.")
    if found.origin != order.origin:
        raise UnfitError(f"It was started for {found.origin}, and its address is {order.origin} now.")
    pid = found.launched.pid
    if found.born is not None and (pid is None or born(pid) != found.born):
        raise UnfitError("Its process has ended, and another may have its number.")
    if isinstance(found.launched.address, UnixAddress) and found.born is None:
        raise UnfitError("Nobody noted when its process began.")
    return order


async def answer(found: Adopted, *, timeout_s: float = HEALTH_TIMEOUT_S) -> None:
    """Wait for it to answer its health path. Raises UnfitError when it does not in time, StartError when it cannot."""
    try:
        async with asyncio.timeout(timeout_s):
            await found.launched.ready(lambda _: None)
    except TimeoutError:
        raise UnfitError(f"It did not answer within {timeout_s:g} s.") from None
