"""What a sink promises, whatever calls stand in front of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from vitrina.store import kinds
from vitrina.store.errors import NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import Point, Status
from vitrina.store.runs import StatusError
from vitrina.tracking.connections import CONNECTIONS, Connection
from vitrina.tracking.records import About, Inputs, Item, Outputs, Points, StatusMove, Tags
from vitrina.tracking.settings import read_settings
from vitrina.tracking.sinks.sink import Join, Start

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def connection(any_store: Store) -> Connection:
    return CONNECTIONS.to(read_settings())


def test_what_write_returned_from_is_seen_by_everybody(connection: Connection, any_store: Store) -> None:
    run = connection.sink.begin(Start("acme", "churn", name="baseline", tags=("a",), meta={"team": "risk"})).run
    text = Item("note", "texts", kinds.take("hello", kind="text"), 3, AT)
    connection.sink.write(
        run,
        [
            Inputs({"lr": 0.1}),
            Outputs({"lr": 0.2}),
            Points({"loss": [Point(1, 10.0, 0.5), Point(2, 20.0, 0.4)]}),
            text,
            Tags(("b",)),
            About(description="First.", progress=0.5, meta={"floor": 3}),
        ],
    )
    found = any_store.runs.get(run.id)
    assert (found.tags, found.description, found.progress) == (("a", "b"), "First.", 0.5)
    assert found.meta == {"team": "risk", "floor": 3}
    values = connection.reader.values(run)
    assert (values.inputs, values.outputs) == ({"lr": 0.1}, {"lr": 0.2})
    assert connection.reader.points(run, ["loss"]) == {"loss": [Point(1, 10.0, 0.5), Point(2, 20.0, 0.4)]}
    (item,) = connection.reader.objects(run)
    assert (item.name, item.step, item.at, connection.reader.read(item.blob)) == ("note", 3, AT, b"hello")


def test_a_record_that_cannot_be_kept_leaves_those_before_it(connection: Connection) -> None:
    run = connection.sink.begin(Start("acme", "churn")).run
    over = StatusMove(Status.SUCCEEDED)
    with pytest.raises(StatusError):
        connection.sink.write(run, [Inputs({"lr": 0.1}), over, StatusMove(Status.FAILED), Inputs({"lr": 0.2})])
    assert connection.reader.values(run).inputs == {"lr": 0.1}


def test_a_run_is_new_resumed_or_joined(connection: Connection) -> None:
    sink = connection.sink
    first = sink.begin(Start("acme", "churn", key="mine", join=Join.RESUME))
    assert first.is_ours
    sink.write(first.run, [Points({"loss": [Point(7, 1.0, 0.5)]})])
    joined = sink.begin(Start("acme", "churn", key="mine", join=Join.EXISTING))
    assert (joined.run.id, joined.is_ours, joined.last_steps) == (first.run.id, False, {"loss": 7})
    resumed = sink.begin(Start("acme", "churn", key="mine", join=Join.RESUME, name="again"))
    assert (resumed.run.id, resumed.is_ours, resumed.run.name) == (first.run.id, True, "again")
    with pytest.raises(NotFoundError):
        sink.begin(Start("acme", "churn", key="other", join=Join.EXISTING))


def test_a_snapshot_does_not_change(connection: Connection) -> None:
    run = connection.sink.begin(Start("acme", "churn")).run
    connection.sink.write(run, [StatusMove(Status.FAILED)])
    assert run.status is Status.RUNNING


def test_a_sink_that_was_closed_can_be_used_again(connection: Connection) -> None:
    run = connection.sink.begin(Start("acme", "churn")).run
    connection.sink.close()
    connection.sink.write(run, [Inputs({"lr": 0.1})])
    assert connection.reader.values(run).inputs == {"lr": 0.1}
