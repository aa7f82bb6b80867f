"""Whether an instance that was found running is what it says: nothing is sent to one that is not."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from vitrina.apps.errors import AppError
from vitrina.apps.life import UnixAddress
from vitrina.store.errors import VitrinaError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from vitrina.apps.launchers.launcher import Adopted
    from vitrina.apps.order import Order

log = logging.getLogger(__name__)

MOST_TRIES = 100
"""So often somebody who fails, and does not say that it helps to ask again, is asked of one app."""


class UnfitError(AppError):
    """An instance that was found running cannot be taken over."""


async def today(key: str, order_of: Callable[[str], Awaitable[Order | None]], *, pause_s: float) -> Order | None:
    """How the app of a key is to be had today; None: there is no such app any more.

    A store may be away for a minute, which is no reason to end an app: it is asked again after `pause_s` seconds, for
    as long as it says that this helps. Raises what it says otherwise.
    """
    failures = 0
    while True:
        try:
            return await order_of(key)
        except Exception as error:
            is_away = isinstance(error, VitrinaError) and not error.permanent
            failures += not is_away
            if (isinstance(error, VitrinaError) and error.permanent) or failures >= MOST_TRIES:
                raise
            action = {"action": "adoption_waits", "app": key}
            log.warning("It is not known yet whether the app that runs as %s is wanted: %s", key, error, extra=action)
        await asyncio.sleep(pause_s)


def fit(found: Adopted, order: Order | None, *, born: Callable[[int], int | None]) -> Order:
    """The order it fulfils. Raises UnfitError unless all that was noted of it is true of the app that is wanted today.

    `order` is that of its key today; None: there is no such app any more. `born` tells when a pid's process began. Its
    network is not looked at: one that was begun with another serves who is inside until a new one takes its place.
    """
    if order is None:
        raise UnfitError("The app is not there any more.")
    if found.bundle_digest != order.bundle_digest:
        raise UnfitError(f"It runs another bundle ({found.bundle_digest[:12]}) than the app has.")
    if (found.origin, found.prefix) != (order.origin, order.prefix):
        was, now = f"{found.origin}{found.prefix}", f"{order.origin}{order.prefix}"
        raise UnfitError(f"It was started for {was}, and its address is {now} now.")
    pid = found.launched.pid
    if found.born is not None and (pid is None or born(pid) != found.born):
        raise UnfitError("Its process has ended, and another may have its number.")
    if isinstance(found.launched.address, UnixAddress) and found.born is None and found.is_serving:
        raise UnfitError("Nobody noted when its process began.")
    return order


async def answers(found: Adopted, *, timeout_s: float) -> bool:
    """Whether it answers its health path at once; False also for one that never did yet, which is not waited for.

    What served before answers in no time, unless it hangs or the machine has more to do than it can. Raises StartError
    when it cannot.
    """
    if not found.is_serving:
        return False
    try:
        async with asyncio.timeout(timeout_s):
            await found.launched.ready(lambda _: None)
    except TimeoutError:
        return False
    return True
