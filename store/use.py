"""The use of apps by day: how often they were opened and by how many, how they started and what they took.

Who came is kept for `VIEWERS_KEPT` as something that stands for them (see `Viewer`), so that the same one counts once;
then only how many they were.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, case, delete, distinct, func, select

from vitrina.store.engine import Database
from vitrina.store.schema.apps import AppRevisionRow
from vitrina.store.schema.use import AppUseRow, AppViewerRow
from vitrina.store.statements import Statement, upsert
from vitrina.store.usage import MOSTS, SUMS, AppUse, Day, DayOfApp, Figures, OfFramework, Viewer

VIEWERS_KEPT = timedelta(days=35)
"""More than a month, so that the viewers of a month can be counted; then they are folded into a number a day."""

LARGEST_BATCH = 500
"""Rows that are deleted or counted by one statement: databases bound how many values one may have."""


class Use:
    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, figures: Mapping[DayOfApp, Figures], viewers: Collection[Viewer]) -> None:
        """Adds to what is there, all or nothing. A viewer who is known already is no matter."""
        rows = [{"app_id": at.app_id, "day": at.day, **_values(one)} for at, one in figures.items()]
        seen = [{"app_id": one.app_id, "day": one.day, "who": one.who} for one in viewers]
        with self._database.writing() as transaction:
            if rows:
                _add(transaction.connection, rows)
            if seen:
                ignored = upsert(transaction.connection, AppViewerRow).on_conflict_do_nothing()
                transaction.connection.execute(ignored, seen)

    def of_app(self, app_id: int, *, since: date) -> AppUse:
        """One app's days from `since` on; `since` may lie `VIEWERS_KEPT` back at most for its viewers to be right."""
        figures = select(AppUseRow).where(AppUseRow.app_id == app_id, AppUseRow.day >= since).order_by(AppUseRow.day)
        mine = (AppViewerRow.app_id == app_id) & (AppViewerRow.day >= since)
        by_day = select(AppViewerRow.day, func.count()).where(mine).group_by(AppViewerRow.day)
        with self._database.reading() as connection:
            rows = connection.execute(figures).all()
            seen = {day: count for day, count in connection.execute(by_day)}  # noqa: C416  rows are no pairs to a type checker
            viewers = connection.scalar(select(func.count(distinct(AppViewerRow.who))).where(mine)) or 0
        total, days = Figures(), list[Day]()
        for row in rows:
            of_day = Figures(**{one.name: getattr(row, one.name) for one in fields(Figures)})
            total.add(of_day)
            days.append(Day(row.day, row.viewers + seen.pop(row.day, 0), of_day))
        days += [Day(day, count, Figures()) for day, count in seen.items()]
        return AppUse(since, sorted(days, key=lambda one: one.day), viewers, total)

    def openings(self, app_ids: Sequence[int], *, since: date) -> dict[int, int]:
        """How often each was opened from that day on; what was not is left out. One query for all."""
        statement = (
            select(AppUseRow.app_id, func.sum(AppUseRow.openings))
            .where(AppUseRow.app_id.in_(app_ids), AppUseRow.day >= since)
            .group_by(AppUseRow.app_id)
        )
        with self._database.reading() as connection:
            return {app_id: int(count) for app_id, count in connection.execute(statement)}

    def by_framework(self, *, since: date) -> list[OfFramework]:
        """What the apps of each framework had from that day on, by its name. An app's framework is its newest one."""
        with self._database.reading() as connection:
            return [
                OfFramework(row.framework, row.apps, Figures(**{one: _number(getattr(row, one)) for one in _NAMES}))
                for row in connection.execute(_by_framework(since))
            ]

    def fold(self) -> int:
        """Forgets who came more than `VIEWERS_KEPT` ago, and keeps how many; gives of how many days.

        One app's day at a time, so that nobody waits long for the store.
        """
        before = (self._database.clock() - VIEWERS_KEPT).date()
        old = (
            select(AppViewerRow.app_id, AppViewerRow.day, func.count())
            .where(AppViewerRow.day < before)
            .group_by(AppViewerRow.app_id, AppViewerRow.day)
            .limit(LARGEST_BATCH)
        )
        folded = 0
        while True:
            with self._database.writing() as transaction:
                found = transaction.connection.execute(old).all()
                for app_id, day, count in found:
                    _fold(transaction.connection, app_id, day, count)
            folded += len(found)
            if len(found) < LARGEST_BATCH:
                return folded


_NAMES = tuple(one.name for one in fields(Figures))


def _values(figures: Figures) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in _NAMES}


def _number(value: Any) -> Any:
    """Sums of whole numbers are decimals on PostgreSQL."""
    return value if isinstance(value, float) else int(value or 0)


def _add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    statement = upsert(connection, AppUseRow)
    new, kept = statement.excluded, AppUseRow.__table__.c
    sums = {name: kept[name] + new[name] for name in SUMS}
    mosts = {name: case((kept[name] > new[name], kept[name]), else_=new[name]) for name in MOSTS}
    added = statement.on_conflict_do_update(index_elements=["app_id", "day"], set_={**sums, **mosts})
    connection.execute(added, list(rows))


def _fold(connection: Connection, app_id: int, day: date, count: int) -> None:
    statement = upsert(connection, AppUseRow).values(app_id=app_id, day=day, viewers=count)
    kept = {"viewers": AppUseRow.viewers + count}
    connection.execute(statement.on_conflict_do_update(index_elements=["app_id", "day"], set_=kept))
    connection.execute(delete(AppViewerRow).where(AppViewerRow.app_id == app_id, AppViewerRow.day == day))


def _by_framework(since: date) -> Statement:
    newest = select(func.max(AppRevisionRow.id)).group_by(AppRevisionRow.app_id)
    sums = [func.sum(AppUseRow.__table__.c[name]).label(name) for name in SUMS]
    mosts = [func.max(AppUseRow.__table__.c[name]).label(name) for name in MOSTS]
    return (
        select(
            AppRevisionRow.framework,
            func.count(distinct(AppUseRow.app_id)).label("apps"),
            *sums,
            *mosts,
        )
        .join(AppUseRow, AppUseRow.app_id == AppRevisionRow.app_id)
        .where(AppRevisionRow.id.in_(newest), AppUseRow.day >= since)
        .group_by(AppRevisionRow.framework)
        .order_by(AppRevisionRow.framework)
    )
