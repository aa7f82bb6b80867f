"""Who is at which instance of one app, and who waits for a place. Bookkeeping only: it starts and stops nothing.

A *session* is what one browser has of an app, named by its pass. It sits at one instance and stays there, since that
instance holds its state. A seat is taken while something of it is open, and for a while after its last request.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from vitrina.apps.life import Address


class Tally:
    """How much an instance is used; changed at every request, so it is no snapshot."""

    __slots__ = ("last_used_at", "uses")

    def __init__(self, now: datetime) -> None:
        self.uses = 0
        self.last_used_at = now


class Seat:
    """One session's place at an instance. `opened` counts what it has open, `is_taken` turns false when it is gone."""

    __slots__ = ("address", "clock", "is_taken", "last_at", "number", "opened", "tally")

    def __init__(self, number: int, address: Address, tally: Tally, clock: Callable[[], datetime]) -> None:
        self.number = number
        self.address = address
        self.tally = tally
        self.clock = clock
        self.opened = 0
        self.is_taken = True
        self.last_at = clock()

    def stay(self, *, is_person: bool) -> Stay:
        """Hold this while a request or socket is open. `is_person`: a person caused it, so the app is not idle."""
        return Stay(self, is_person=is_person)

    def note_person(self) -> None:
        """A person did something on what is open."""
        self.last_at = self.tally.last_used_at = self.clock()


class Stay:
    """Counts one request or socket for as long as it is held. Written out, since every request makes one."""

    __slots__ = ("_is_person", "_seat")

    def __init__(self, seat: Seat, *, is_person: bool) -> None:
        self._seat = seat
        self._is_person = is_person

    def __enter__(self) -> Self:
        seat = self._seat
        seat.opened += 1
        if self._is_person:
            seat.tally.uses += 1
        return self

    def note_person(self) -> None:
        """What is open is a person's from now on, whatever began it."""
        if not self._is_person:
            self._is_person = True
            self._seat.tally.uses += 1

    def __exit__(self, *_: object) -> None:
        seat = self._seat
        seat.opened -= 1
        seat.last_at = now = seat.clock()
        if self._is_person:
            seat.tally.uses -= 1
            seat.tally.last_used_at = now


class Crowd:
    """The seats of one app's instances and the line of those who wait for one.

    `kept_s` is how long a seat without anything open stays taken; `patience_s` how long somebody stays in the line
    without asking again.
    """

    def __init__(self, *, clock: Callable[[], datetime], kept_s: float, patience_s: float) -> None:
        self._clock = clock
        self._kept = timedelta(seconds=kept_s)
        self._patience = timedelta(seconds=patience_s)
        self.seats: dict[str, Seat] = {}
        self._waiting: dict[str, datetime] = {}

    def people(self, number: int) -> int:
        """How many sessions are inside an instance."""
        return sum(seat.is_taken and seat.number == number for seat in self.seats.values())

    def inside(self, number: int) -> list[str]:
        """Which sessions these are, those who came first before others."""
        return [session for session, seat in self.seats.items() if seat.is_taken and seat.number == number]

    def waiting(self) -> int:
        """How many sessions wait for a place."""
        return len(self._waiting)

    def position(self, session: str) -> int | None:
        """The place of a session in the line, 1 for the first; None when it does not wait."""
        return list(self._waiting).index(session) + 1 if session in self._waiting else None

    def wait(self, session: str) -> None:
        """A session asks for a place that is not there: it comes to the end of the line, or keeps its place there."""
        self._waiting[session] = self._clock()

    def choose(self, session: str, *, instances: Iterable[int], places: int | None) -> int | None:
        """The instance where a newcomer may sit, of those that serve; None: it has to wait.

        Where it was before, if there is room; else, with `places` for so many people each, the fullest that has room,
        so that others can get empty; without, the emptiest. Those who wait already come first.
        """
        people = {number: self.people(number) for number in instances}
        room = {number: count for number, count in people.items() if places is None or count < places}
        if not room:
            return None
        if places is not None:
            ahead = (self.position(session) or self.waiting() + 1) - 1
            if ahead >= sum(places - count for count in room.values()):
                return None
        former = self.seats.get(session)
        if former is not None and former.number in room:
            return former.number
        return _emptiest(room) if places is None else _fullest(room)

    def sit(self, session: str, number: int, *, address: Address, tally: Tally) -> Seat:
        """A session takes a seat at an instance, which serves at `address`, and leaves the line."""
        self._waiting.pop(session, None)
        seat = self.seats[session] = Seat(number, address, tally, self._clock)
        return seat

    def clear(self, number: int) -> None:
        """An instance is gone, and all seats there with it."""
        for session in [session for session, seat in self.seats.items() if seat.number == number]:
            del self.seats[session]

    def sweep(self) -> None:
        """Give up the seats of those who left, and the places in the line of those who ask no more."""
        now = self._clock()
        for seat in self.seats.values():
            if seat.opened == 0 and now - seat.last_at >= self._kept:
                seat.is_taken = False
        self._waiting = {session: at for session, at in self._waiting.items() if now - at < self._patience}


def _fullest(people: Mapping[int, int]) -> int:
    return max(people, key=lambda number: (people[number], -number))


def _emptiest(people: Mapping[int, int]) -> int:
    return min(people, key=lambda number: (people[number], number))
