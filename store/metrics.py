"""Series of numbers. How points are kept is known here only; callers append points and ask for series."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, or_, select, update

from vitrina.store.engine import Database
from vitrina.store.records import Point, Series
from vitrina.store.schema.metrics import PointRow, SeriesRow
from vitrina.store.statements import AnyRow, Statement, upsert


class Metrics:
    def __init__(self, database: Database, user_id: int | None) -> None:
        self._database = database
        self._user_id = user_id

    def append(self, run_id: int, points: Mapping[str, Sequence[Point]]) -> None:
        """Adds points to series of a run, by name; repeated and earlier steps are kept too, in the order given."""
        with self._database.writing(self._user_id) as transaction:
            for name, added in points.items():
                if added:
                    _append(transaction.connection, run_id, name, added)

    def series(self, run_ids: Sequence[int]) -> dict[int, list[Series]]:
        """The series of runs in brief, by run, in the order of names; one query."""
        statement = _summaries().where(SeriesRow.run_id.in_(run_ids)).order_by(SeriesRow.run_id, SeriesRow.name)
        found: dict[int, list[Series]] = {run_id: [] for run_id in run_ids}
        with self._database.reading() as connection:
            for row in connection.execute(statement):
                found[row.run_id].append(_series_of(row))
        return found

    def points(self, series_ids: Sequence[int], *, width: int | None = None) -> dict[int, list[Point]]:
        """The points of series in the order of steps.

        With `width`, at most about four points for each of that many pixels: first, last, lowest and highest of each
        slice, so that no spike is lost. None: every point.
        """
        statement = (
            select(PointRow.series_id, PointRow.step, PointRow.at, PointRow.value, PointRow.is_nan)
            .where(PointRow.series_id.in_(series_ids))
            .order_by(PointRow.series_id, PointRow.step, PointRow.id)
        )
        found: dict[int, list[Point]] = {number: [] for number in series_ids}
        with self._database.reading() as connection:
            for row in connection.execute(statement):
                found[row.series_id].append(Point(row.step, row.at, _out(row.value, is_nan=row.is_nan)))
        if width is None:
            return found
        return {number: thinned(points, width) for number, points in found.items()}

    def wrong_summaries(self) -> dict[int, str]:
        """The series whose count, lowest or highest is not that of their points: name by id. Reads every point."""
        counted = (
            select(
                PointRow.series_id,
                func.count().label("points"),
                func.min(PointRow.value).label("lowest"),
                func.max(PointRow.value).label("highest"),
            )
            .group_by(PointRow.series_id)
            .subquery()
        )
        differs = or_(
            SeriesRow.count != func.coalesce(counted.c.points, 0),
            SeriesRow.min.is_distinct_from(counted.c.lowest),
            SeriesRow.max.is_distinct_from(counted.c.highest),
        )
        statement = (
            select(SeriesRow.id, SeriesRow.name).outerjoin(counted, counted.c.series_id == SeriesRow.id).where(differs)
        )
        with self._database.reading() as connection:
            return {row.id: row.name for row in connection.execute(statement.order_by(SeriesRow.id))}

    def summarise(self, series_ids: Iterable[int]) -> None:
        """Derives the summaries of series from their points again."""
        with self._database.writing(self._user_id) as transaction:
            for series_id in series_ids:
                summarise(transaction.connection, series_id)


def summarise(connection: Connection, series_id: int) -> None:
    """Inside a transaction."""
    connection.execute(select(SeriesRow.id).where(SeriesRow.id == series_id).with_for_update())
    points = select(PointRow.step, PointRow.value).where(PointRow.series_id == series_id).order_by(PointRow.id)
    rows = connection.execute(points).all()
    numbers = [row.value for row in rows if row.value is not None]
    connection.execute(
        update(SeriesRow)
        .where(SeriesRow.id == series_id)
        .values(
            count=len(rows),
            first=next(iter(numbers), None),
            last=numbers[-1] if numbers else None,
            min=min(numbers, default=None),
            max=max(numbers, default=None),
            last_step=rows[-1].step if rows else None,
        )
    )


def thinned(points: Sequence[Point], width: int) -> list[Point]:
    """First, last, lowest and highest of each of `width` equal slices of the steps."""
    if len(points) <= 4 * width:
        return list(points)
    lowest, span = points[0].step, max(points[-1].step - points[0].step, 1)
    slices: dict[int, list[int]] = {}
    for index, point in enumerate(points):
        slices.setdefault(min((point.step - lowest) * width // span, width - 1), []).append(index)
    kept: set[int] = set()
    for indices in slices.values():
        numbers = [index for index in indices if not math.isnan(points[index].value)] or indices
        kept |= {indices[0], indices[-1]}
        kept |= {min(numbers, key=lambda i: points[i].value), max(numbers, key=lambda i: points[i].value)}
    return [points[index] for index in sorted(kept)]


def _append(connection: Connection, run_id: int, name: str, points: Sequence[Point]) -> None:
    series = _series(connection, run_id, name)
    rows = [{"series_id": series.id, "step": point.step, "at": point.timestamp, **_in(point.value)} for point in points]
    connection.execute(insert(PointRow), rows)
    numbers = [point.value for point in points if not math.isnan(point.value)]
    connection.execute(
        update(SeriesRow)
        .where(SeriesRow.id == series.id)
        .values(
            count=series.count + len(points),
            first=series.first if series.first is not None else next(iter(numbers), None),
            last=numbers[-1] if numbers else series.last,
            min=min([*numbers, *_known(series.min)], default=None),
            max=max([*numbers, *_known(series.max)], default=None),
            last_step=points[-1].step,
        )
    )


def _series(connection: Connection, run_id: int, name: str) -> Series:
    """The row of a series, made when it is not there, locked until the transaction ends (PostgreSQL)."""
    insertion = upsert(connection, SeriesRow)
    connection.execute(insertion.values(run_id=run_id, name=name, count=0).on_conflict_do_nothing())
    statement = _summaries().where(SeriesRow.run_id == run_id, SeriesRow.name == name).with_for_update()
    return _series_of(connection.execute(statement).one())


def _summaries() -> Statement:
    """Asks for series in brief."""
    return select(
        SeriesRow.id,
        SeriesRow.run_id,
        SeriesRow.name,
        SeriesRow.count.label("points"),
        SeriesRow.first,
        SeriesRow.last,
        SeriesRow.min,
        SeriesRow.max,
        SeriesRow.last_step,
    )


def _series_of(row: AnyRow) -> Series:
    return Series(row.id, row.run_id, row.name, row.points, row.first, row.last, row.min, row.max, row.last_step)


def _known(value: float | None) -> Iterable[float]:
    return () if value is None else (value,)


def _in(value: float) -> dict[str, Any]:
    return {"value": None, "is_nan": True} if math.isnan(value) else {"value": value, "is_nan": False}


def _out(value: float | None, *, is_nan: bool) -> float:
    return math.nan if is_nan or value is None else value
