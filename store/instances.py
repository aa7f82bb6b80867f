"""What portal and front tell each other through the store: tickets to open apps, and how their instances are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from vitrina.store.engine import Database
from vitrina.store.records import Move, Running
from vitrina.store.schema.apps import InstanceMoveRow, InstanceRow, TicketRow
from vitrina.store.statements import Statement
from vitrina.store.tokens import hashed, new_token

TICKET_LIFE = timedelta(minutes=1)
"""From the portal's redirect to the front's answer is one round trip of a browser."""

MOVES_KEPT = timedelta(days=30)

MOVES_LOOKED_AT = 20_000
"""Of all apps, for how long they usually take to start."""

STARTS_REMEMBERED = 9
"""Of each app: so that one slow start says little."""

QUEUED, BUILDING, STARTING, READY = "queued", "building", "starting", "ready"
"""States (see `vitrina.apps.life`) in which a start waits, goes on, and ends well."""

REHEARSED, UNFIT = "rehearsed", "unfit"
"""Words among the moves that are no states: the code of an instance ran as for a person who comes, or failed so."""

TELLING = ("draining", "queued", "building", "starting", "ready")
"""States of an instance (see `vitrina.apps.life`) that say how an app is though others ended, the last says most."""


@dataclass(frozen=True, slots=True)
class Admission:
    """What a ticket said: who may open which revision."""

    revision_id: int
    user_id: int | None
    """None: a visitor."""


class Instances:
    def __init__(self, database: Database) -> None:
        self._database = database

    def make_ticket(self, revision_id: int, user_id: int | None) -> str:
        """A token with which a browser may open the app revision, once, within a minute."""
        token = new_token()
        with self._database.writing() as transaction:
            row = insert(TicketRow).values(
                token_hash=hashed(token),
                revision_id=revision_id,
                user_id=user_id,
                created_at=transaction.now,
                expires_at=transaction.now + TICKET_LIFE,
            )
            transaction.connection.execute(row)
            stale = TicketRow.expires_at < transaction.now - timedelta(days=1)
            transaction.connection.execute(delete(TicketRow).where(stale))
        return token

    def use_ticket(self, token: str) -> Admission | None:
        """Takes a ticket; None when it is unknown, used or too old."""
        with self._database.writing() as transaction:
            claim = (
                update(TicketRow)
                .where(
                    TicketRow.token_hash == hashed(token),
                    TicketRow.used_at.is_(None),
                    TicketRow.expires_at > transaction.now,
                )
                .values(used_at=transaction.now)
                .returning(TicketRow.revision_id, TicketRow.user_id)
            )
            row = transaction.connection.execute(claim).one_or_none()
        return Admission(*row) if row is not None else None

    def note(self, running: Running) -> None:
        """Says how an instance is now; what the same front said of it before is replaced."""
        mine = (
            (InstanceRow.revision_id == running.revision_id)
            & (InstanceRow.front == running.front)
            & (InstanceRow.number == running.number)
        )
        values = {
            "state": running.state,
            "reason": running.reason,
            "pid": running.pid,
            "log": running.log,
            "started_at": running.started_at,
            "changed_at": running.changed_at,
        }
        with self._database.writing() as transaction:
            changed = transaction.connection.execute(update(InstanceRow).where(mine).values(**values))
            if changed.rowcount == 0:
                which = {"revision_id": running.revision_id, "front": running.front, "number": running.number}
                transaction.connection.execute(insert(InstanceRow).values(**which, **values))

    def record(self, moves: Sequence[Move]) -> None:
        """Keeps moves in the lives of instances, in their order."""
        if moves:
            with self._database.writing() as transaction:
                transaction.connection.execute(insert(InstanceMoveRow), [asdict(move) for move in moves])

    def moves(self, revision_id: int, *, limit: int = 50) -> Sequence[Move]:
        """The last moves of an app revision's instances, the newest first."""
        statement = (
            select(
                InstanceMoveRow.revision_id,
                InstanceMoveRow.number,
                InstanceMoveRow.state,
                InstanceMoveRow.reason,
                InstanceMoveRow.at,
            )
            .where(InstanceMoveRow.revision_id == revision_id)
            .order_by(InstanceMoveRow.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return [Move(*row) for row in connection.execute(statement)]

    def unfit(self, revision_ids: Sequence[int]) -> dict[int, str]:
        """Why the last rehearsal failed, by revision; those that did not fail it, or had none, are left out."""
        last = (
            select(func.max(InstanceMoveRow.id))
            .where(InstanceMoveRow.revision_id.in_(revision_ids), InstanceMoveRow.state.in_((REHEARSED, UNFIT)))
            .group_by(InstanceMoveRow.revision_id)
        )
        statement = select(InstanceMoveRow.revision_id, InstanceMoveRow.reason).where(
            InstanceMoveRow.id.in_(last), InstanceMoveRow.state == UNFIT
        )
        with self._database.reading() as connection:
            return {row.revision_id: row.reason for row in connection.execute(statement)}

    def worked(self, revision_ids: Sequence[int]) -> set[int]:
        """Those of which an instance was ready at any time within `MOVES_KEPT`, whether it was rehearsed or not."""
        statement = (
            select(InstanceMoveRow.revision_id)
            .where(InstanceMoveRow.revision_id.in_(revision_ids), InstanceMoveRow.state == READY)
            .distinct()
        )
        with self._database.reading() as connection:
            return set(connection.scalars(statement))

    def start_times(self) -> dict[int, list[float]]:
        """The seconds that each revision's last starts took, from their turn until they were ready, the newest last."""
        statement = (
            select(InstanceMoveRow.revision_id, InstanceMoveRow.number, InstanceMoveRow.state, InstanceMoveRow.at)
            .where(InstanceMoveRow.state.in_((QUEUED, BUILDING, STARTING, READY)))
            .order_by(InstanceMoveRow.id.desc())
            .limit(MOVES_LOOKED_AT)
        )
        with self._database.reading() as connection:
            rows = connection.execute(statement).all()
        found, began = dict[int, list[float]](), dict[tuple[int, int], datetime]()
        for revision_id, number, state, at in reversed(rows):
            which = (revision_id, number)
            if state == QUEUED:
                began.pop(which, None)  # the start before it failed
            elif state != READY:
                began.setdefault(which, at)
            elif (since := began.pop(which, None)) is not None:
                found.setdefault(revision_id, []).append((at - since).total_seconds())
        return {revision_id: took[-STARTS_REMEMBERED:] for revision_id, took in found.items()}

    def clear(self, *, except_front: str) -> None:
        """Forgets what fronts that are no more said, and moves of long ago: called by a front that starts."""
        with self._database.writing() as transaction:
            transaction.connection.execute(delete(InstanceRow).where(InstanceRow.front != except_front))
            stale = InstanceMoveRow.at < transaction.now - MOVES_KEPT
            transaction.connection.execute(delete(InstanceMoveRow).where(stale))

    def of_revisions(self, revision_ids: Sequence[int]) -> dict[int, Running]:
        """What says most of each revision that any front has spoken of: the instance that is furthest on its way."""
        statement = running().where(InstanceRow.revision_id.in_(revision_ids)).order_by(InstanceRow.changed_at)
        with self._database.reading() as connection:
            told = [Running(*row) for row in connection.execute(statement)]
        return {one.revision_id: one for one in sorted(told, key=_telling)}

    def of_revision(self, revision_id: int) -> Sequence[Running]:
        """What was last said of each instance of a revision, by number."""
        statement = running().where(InstanceRow.revision_id == revision_id).order_by(InstanceRow.number)
        with self._database.reading() as connection:
            return [Running(*row) for row in connection.execute(statement)]

    def list(self, *, limit: int = 100) -> Sequence[Running]:
        """What fronts speak of, the last changed first."""
        statement = running().order_by(InstanceRow.changed_at.desc(), InstanceRow.revision_id).limit(limit)
        with self._database.reading() as connection:
            return [Running(*row) for row in connection.execute(statement)]


def running() -> Statement:
    """Asks for the last word of each front on each revision: rows in the order of `Running`."""
    return select(
        InstanceRow.revision_id,
        InstanceRow.front,
        InstanceRow.state,
        InstanceRow.reason,
        InstanceRow.pid,
        InstanceRow.log,
        InstanceRow.started_at,
        InstanceRow.changed_at,
        InstanceRow.number,
    )


def _telling(running: Running) -> int:
    """Sorts stably by how much a state says of an app: an instance that serves beats one that crashed later."""
    return TELLING.index(running.state) if running.state in TELLING else -1
