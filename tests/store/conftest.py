"""A store of each kind of database, watched for connections that were not given back."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from vitrina.store.opening import Store, open_store
from vitrina.store.records import Project, Run


class Clock:
    """Time that moves when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once of each kind."""
    return (
        f"sqlite:///{tmp_path / 'store.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    )


@pytest.fixture
def store(store_url: str, tmp_path: Path, clock: Clock) -> Generator[Store]:
    with open_store(store_url, blobs=str(tmp_path / "blobs"), clock=clock) as opened:
        yield opened
        assert "Checked out connections: 0" in opened.database.engine.pool.status()


@pytest.fixture
def project(store: Store) -> Project:
    return store.projects.ensure("acme", "churn")


@pytest.fixture
def run(store: Store, project: Project) -> Run:
    return store.runs.create(project, name="baseline")


CountQueries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def count_queries(store: Store) -> CountQueries:
    """`with count_queries() as statements:` collects what was asked inside the block."""

    @contextmanager
    def counting() -> Generator[list[str]]:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            statements.append(statement)

        event.listen(store.database.engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(store.database.engine, "before_cursor_execute", note)

    return counting
