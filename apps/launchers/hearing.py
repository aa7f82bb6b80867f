"""What a launcher hears of an instance's feedback: taken at a bounded pace, answered, never waited for.

An app can send as fast as it likes. Beyond its pace the packet at hand is refused, and nothing is read for a moment:
what it sends then fills the kernel's buffer of its own channel, and it waits.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from vitrina.apps import feedback
from vitrina.apps.feedback import NotFeedbackError, Recorded
from vitrina.apps.pace import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from vitrina.apps.feedback import Said

AT_ONCE = 60
A_MINUTE = 120
"""Packets of one instance, whatever they hold: two a second are what no demo's people do for long."""

PAUSE_S = 1.0
"""So long nothing more is read of an instance that says too much."""


class Hearing:
    """Answers the packets of one instance. `record` says what becomes of an entry; `clock` only grows."""

    def __init__(self, record: Callable[[Said], Recorded], *, clock: Callable[[], float]) -> None:
        self._record = record
        self._clock = clock
        self._pace = Pace.of(at_once=AT_ONCE, a_minute=A_MINUTE, at_s=clock())

    def hear(self, packet: bytes, channel: socket.socket) -> bool:
        """Take one packet that means to be feedback, and answer on the channel; whether more may come at once."""
        self._pace = self._pace.after(self._clock())
        is_allowed = self._pace.allows
        if is_allowed:
            self._pace = self._pace.less()
        with suppress(NotFeedbackError):  # whoever sends what is none waits for no answer
            said = feedback.parse(packet)
            became = self._record(said) if is_allowed else Recorded.TOO_OFTEN
            with suppress(OSError):  # it does not read its answers, or is gone
                channel.send(feedback.answer(said, became), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
        return is_allowed
