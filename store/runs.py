"""Runs: their life, params and tags."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from vitrina.store import params, projects
from vitrina.store.engine import Database, Transaction
from vitrina.store.errors import ConflictError, InvalidError, NotFoundError
from vitrina.store.records import Page, Param, Project, Run, Status
from vitrina.store.schema.people import UserRow
from vitrina.store.schema.projects import OwnerRow, ProjectRow
from vitrina.store.schema.runs import ParamRow, RunRow, RunStatusRow, RunTagRow
from vitrina.store.statements import AnyRow, Statement, upsert

SHORTEST_PREFIX = 6
"""Fewer digits of a run's id are taken for a name."""

LONGEST_ID = 64

MOVES: dict[Status, frozenset[Status]] = {
    Status.RUNNING: frozenset(Status),
    Status.SUCCEEDED: frozenset({Status.RUNNING, Status.SUCCEEDED}),
    Status.FAILED: frozenset({Status.RUNNING, Status.FAILED}),
    Status.STOPPED: frozenset({Status.RUNNING, Status.STOPPED}),
    Status.CRASHED: frozenset(Status),
}
"""Which status may follow which.

A run that is over can be resumed; one that was given up as crashed may still report.
"""


class Io(StrEnum):
    INPUT = "input"
    OUTPUT = "output"


class StatusError(ConflictError):
    """A run's status cannot follow the one it has."""

    def __init__(self, run: str, before: Status, after: Status) -> None:
        super().__init__(
            f"Run {run} is {before} and cannot become {after}.", hint="Resume it first: it is then running again."
        )


class RunIdTakenError(ConflictError):
    """A run of this id exists."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            f"The run {ref} exists already.", hint="Join it (VITRINA_RUN), or leave out run_uuid to get a new id."
        )


class Runs:
    def __init__(self, database: Database, user_id: int | None) -> None:
        self._database = database
        self._user_id = user_id

    def create(
        self,
        project: Project,
        *,
        name: str | None = None,
        uuid: str | None = None,
        description: str = "",
        tags: Iterable[str] = (),
        parent: Run | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> Run:
        """A new run, running. Without a name it is called by its id; `uuid` None: 16 random hex digits."""
        uuid = secrets.token_hex(8) if uuid is None else _checked_id(uuid)
        with self._database.writing(self._user_id) as transaction:
            connection, now = transaction.connection, transaction.now
            taken = select(RunRow.id).where(RunRow.project_id == project.id, RunRow.uuid == uuid)
            if connection.scalar(taken) is not None:
                raise RunIdTakenError(f"{project.ref}/runs/{uuid}")
            row = insert(RunRow).values(
                project_id=project.id,
                uuid=uuid,
                name=name or uuid[:8],
                description=description,
                status=Status.RUNNING,
                message="",
                parent_id=parent.id if parent is not None else None,
                meta=dict(meta or {}),
                created_at=now,
                created_by=transaction.user_id,
                started_at=now,
                heartbeat_at=now,
            )
            run_id = connection.execute(row.returning(RunRow.id)).scalar_one()
            _note_status(transaction, run_id, Status.RUNNING, reason="created", message="")
            _add_tags(connection, run_id, tags)
            ref = f"{project.ref}/runs/{uuid}"
            transaction.change("started", "run", run_id, ref=ref, project_id=project.id, data={"name": name})
            projects.touch(transaction, project.id)
            return _one(connection, run_id)

    def get(self, run_id: int) -> Run:
        with self._database.reading() as connection:
            return _one(connection, run_id)

    def find(self, project: Project, key: str) -> Run:
        """By exact id, else a unique prefix of it (6 digits or more), else the newest run of that name."""
        with self._database.reading() as connection:
            return find(connection, project, key)

    def by_uuid(self, project: Project, uuid: str) -> Run | None:
        """By exact id; None when there is no such run."""
        with self._database.reading() as connection:
            statement = runs().where(RunRow.project_id == project.id, RunRow.uuid == uuid.lower())
            return next(iter(_with_tags(connection, connection.execute(statement).all())), None)

    def list(self, project: Project, *, after: int | None = None, limit: int = 50, tag: str | None = None) -> Page[Run]:
        """Newest first. `after` continues where a page ended; `tag` keeps those that have it."""
        statement = runs().where(RunRow.project_id == project.id).order_by(RunRow.id.desc()).limit(limit + 1)
        if after is not None:
            statement = statement.where(RunRow.id < after)
        if tag is not None:
            statement = statement.where(RunRow.id.in_(select(RunTagRow.run_id).where(RunTagRow.name == tag)))
        with self._database.reading() as connection:
            found = _with_tags(connection, connection.execute(statement).all())
        return Page(found[:limit], after=found[limit - 1].id if len(found) > limit else None)

    def by_ids(self, run_ids: Sequence[int]) -> dict[int, Run]:
        with self._database.reading() as connection:
            return by_ids(connection, run_ids)

    def move(self, run: Run, status: Status, *, reason: str = "", message: str = "") -> Run:
        """Gives a run its next status; raises StatusError for a move that is not in `MOVES`."""
        with self._database.writing(self._user_id) as transaction:
            connection, now = transaction.connection, transaction.now
            current = _one(connection, run.id)
            if status not in MOVES[current.status]:
                raise StatusError(run.ref, current.status, status)
            connection.execute(
                update(RunRow)
                .where(RunRow.id == run.id)
                .values(status=status, message=message, finished_at=now if status.is_over else None, heartbeat_at=now)
            )
            _note_status(transaction, run.id, status, reason=reason, message=message)
            transaction.change(status, "run", run.id, ref=run.ref, project_id=run.project.id, data={"reason": reason})
            projects.touch(transaction, run.project.id)
            return _one(connection, run.id)

    def history(self, run: Run) -> Sequence[tuple[Any, Status, str, str]]:
        """(when, status, reason, message), oldest first."""
        statement = (
            select(RunStatusRow.at, RunStatusRow.status, RunStatusRow.reason, RunStatusRow.message)
            .where(RunStatusRow.run_id == run.id)
            .order_by(RunStatusRow.id)
        )
        with self._database.reading() as connection:
            return [
                (at, Status(status), reason, message) for at, status, reason, message in connection.execute(statement)
            ]

    def describe(
        self,
        run: Run,
        *,
        name: str | None = None,
        description: str | None = None,
        progress: float | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> Run:
        """Changes what is given; None leaves a value as it is. `meta` is merged into what there is."""
        given: dict[str, Any] = {
            key: value
            for key, value in {"name": name, "description": description, "progress": progress}.items()
            if value is not None
        }
        with self._database.writing(self._user_id) as transaction:
            if meta:
                given["meta"] = {**_one(transaction.connection, run.id).meta, **meta}
            if given:
                transaction.connection.execute(update(RunRow).where(RunRow.id == run.id).values(**given))
                transaction.change(
                    "changed", "run", run.id, ref=run.ref, project_id=run.project.id, data={"keys": sorted(given)}
                )
            return _one(transaction.connection, run.id)

    def add_tags(self, run: Run, tags: Iterable[str]) -> None:
        with self._database.writing(self._user_id) as transaction:
            _add_tags(transaction.connection, run.id, tags)
            transaction.change("tagged", "run", run.id, ref=run.ref, project_id=run.project.id)

    def set_params(self, run: Run, io: Io, values: Mapping[str, Any], *, reset: bool = False) -> None:
        """Keeps values (nested ones flattened with `/`), the last one of a name; `reset` drops all others first."""
        rows = [
            {"run_id": run.id, "io": io, **params.to_row(params.param(name, value))}
            for name, value in params.flatten(values).items()
        ]
        with self._database.writing(self._user_id) as transaction:
            connection = transaction.connection
            if reset:
                connection.execute(delete(ParamRow).where(ParamRow.run_id == run.id, ParamRow.io == io))
            if rows:
                insertion = upsert(connection, ParamRow)
                replaced = {key: insertion.excluded[key] for key in ("kind", "number", "is_nan", "text", "short")}
                connection.execute(
                    insertion.on_conflict_do_update(index_elements=["run_id", "io", "name"], set_=replaced), rows
                )
            transaction.change(f"logged {io}s", "run", run.id, ref=run.ref, project_id=run.project.id)

    def params(self, run_ids: Sequence[int], io: Io = Io.INPUT) -> dict[int, list[Param]]:
        """The inputs (or outputs) of runs by run, each in the order of names; one query."""
        statement = (
            select(ParamRow.run_id, ParamRow.name, ParamRow.kind, ParamRow.text)
            .where(ParamRow.run_id.in_(run_ids), ParamRow.io == io)
            .order_by(ParamRow.run_id, ParamRow.name)
        )
        found: dict[int, list[Param]] = {run_id: [] for run_id in run_ids}
        with self._database.reading() as connection:
            for row in connection.execute(statement):
                found[row.run_id].append(params.from_row(row.name, row.kind, row.text))
        return found


def runs() -> Statement:
    """Asks for all runs that are not deleted, with their project and maker."""
    return (
        select(
            RunRow.id.label("run_id"),
            RunRow.uuid,
            RunRow.name.label("run_name"),
            RunRow.description.label("run_description"),
            RunRow.status,
            RunRow.message,
            RunRow.progress,
            RunRow.meta,
            RunRow.created_at.label("run_created_at"),
            RunRow.started_at,
            RunRow.finished_at,
            UserRow.name.label("maker"),
            *projects.COLUMNS,
        )
        .join(ProjectRow, ProjectRow.id == RunRow.project_id)
        .join(OwnerRow, OwnerRow.id == ProjectRow.owner_id)
        .outerjoin(UserRow, UserRow.id == RunRow.created_by)
        .where(RunRow.deleted_at.is_(None))
    )


def by_ids(connection: Connection, run_ids: Sequence[int]) -> dict[int, Run]:
    rows = connection.execute(runs().where(RunRow.id.in_(run_ids))).all()
    return {run.id: run for run in _with_tags(connection, rows)}


def find(connection: Connection, project: Project, key: str) -> Run:
    of_project = runs().where(RunRow.project_id == project.id)
    row = connection.execute(of_project.where(RunRow.uuid == key.lower())).one_or_none()
    if row is None and len(key) >= SHORTEST_PREFIX:
        prefixed = connection.execute(
            of_project.where(RunRow.uuid.startswith(key.lower(), autoescape=True)).limit(2)
        ).all()
        row = prefixed[0] if len(prefixed) == 1 else None
    if row is None:
        by_name = of_project.where(RunRow.name == key).order_by(RunRow.id.desc()).limit(1)
        row = connection.execute(by_name).one_or_none()
    if row is None:
        raise NotFoundError(f"run {key!r} in {project.ref}", hint=f"List them: vitrina run list {project.ref}")
    return _with_tags(connection, [row])[0]


def _one(connection: Connection, run_id: int) -> Run:
    row = connection.execute(runs().where(RunRow.id == run_id)).one_or_none()
    if row is None:
        raise NotFoundError(f"run number {run_id}", hint="It may have been deleted.")
    return _with_tags(connection, [row])[0]


def _with_tags(connection: Connection, rows: Sequence[AnyRow]) -> list[Run]:
    ids = [row.run_id for row in rows]
    tags: dict[int, list[str]] = {}
    statement = select(RunTagRow.run_id, RunTagRow.name).where(RunTagRow.run_id.in_(ids)).order_by(RunTagRow.name)
    for run_id, name in connection.execute(statement):
        tags.setdefault(run_id, []).append(name)
    return [_run_of(row, tuple(tags.get(row.run_id, ()))) for row in rows]


def _run_of(row: AnyRow, tags: tuple[str, ...]) -> Run:
    return Run(
        id=row.run_id,
        project=projects.project_of(row),
        uuid=row.uuid,
        name=row.run_name,
        description=row.run_description,
        status=Status(row.status),
        message=row.message,
        progress=row.progress,
        meta=row.meta,
        created_at=row.run_created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        by=row.maker,
        tags=tags,
    )


def _checked_id(uuid: str) -> str:
    folded = uuid.lower()
    if not (0 < len(folded) <= LONGEST_ID) or not all(letter.isalnum() or letter in "-_" for letter in folded):
        raise InvalidError(f"{uuid!r} cannot be the id of a run.", hint="Use up to 64 letters, digits, - and _.")
    return folded


def _note_status(transaction: Transaction, run_id: int, status: Status, *, reason: str, message: str) -> None:
    row = insert(RunStatusRow).values(run_id=run_id, status=status, reason=reason, message=message, at=transaction.now)
    transaction.connection.execute(row)


def _add_tags(connection: Connection, run_id: int, tags: Iterable[str]) -> None:
    rows = [{"run_id": run_id, "name": tag} for tag in dict.fromkeys(tags) if tag]
    if rows:
        insertion = upsert(connection, RunTagRow)
        connection.execute(insertion.on_conflict_do_nothing(), rows)
