"""Inputs, outputs and metrics: every value keeps its type, every series its steps."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pytest

from vitrina import tracking
from vitrina.store.errors import InvalidError
from vitrina.store.opening import Store
from vitrina.tracking.values import NotANumberError, as_number


@pytest.fixture
def run(store: Store):
    with tracking.run(project="acme/churn", track_env=False) as begun:
        yield begun


def test_inputs_keep_their_type_and_nested_ones_their_path(any_store: Store) -> None:
    with tracking.run() as run:
        tracking.log_inputs(
            {"net/width": 64, "class": "rf"}, lr=0.1, net={"depth": 3, "act": "relu"}, warm=True, seed=None
        )
        tracking.log_inputs(lr=0.2, layers=[1, 2])
    assert run.get_inputs() == {
        "class": "rf", "layers": [1, 2], "lr": 0.2, "net/act": "relu", "net/depth": 3, "net/width": 64, "seed": None,
        "warm": True,
    }  # fmt: skip


def test_reset_drops_what_was_logged_before(run: tracking.Run) -> None:
    run.log_inputs(a=1)
    run.log_inputs(b=2, reset=True)
    assert run.get_inputs() == {"b": 2}


def test_an_input_an_output_and_a_metric_of_one_name_are_all_readable(run: tracking.Run) -> None:
    run.log_inputs(auc=0.5)
    run.log_outputs(auc=0.91)
    run.log_metric("auc", 0.7)
    assert (run.get_inputs(), run.get_outputs()) == ({"auc": 0.5}, {"auc": 0.91})
    assert [point.value for point in run.get_metrics()["auc"]] == [0.7]


def test_points_come_back_with_step_time_and_value(any_store: Store) -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with tracking.run() as run:
        run.log_metrics(step=1, timestamp=at, loss=0.7, auc=0.8)
        run.log_metric("loss", 0.6, 2, at.timestamp() + 60)
        run.log_metrics({"val/loss": 0.9}, step=2)
    metrics = run.get_metrics()
    assert sorted(metrics) == ["auc", "loss", "val/loss"]
    found = [(point.step, point.timestamp, point.value) for point in metrics["loss"]]
    assert found == [(1, at.timestamp(), 0.7), (2, at.timestamp() + 60, 0.6)]
    assert set(run.get_metrics("auc")) == {"auc"}
    assert run.get_metrics(["no", "auc"]) == {"auc": metrics["auc"]}


def test_a_series_without_steps_counts_for_itself_and_goes_on_after_a_given_one(run: tracking.Run) -> None:
    run.log_metric("loss", 1.0)
    run.log_metrics(loss=0.9, auc=0.5)
    run.log_metric("loss", 0.8, step=10)
    run.log_metric("loss", 0.7)
    assert [point.step for point in run.get_metrics()["loss"]] == [0, 1, 10, 11]
    assert [point.step for point in run.get_metrics()["auc"]] == [0]


def test_nan_and_infinities_survive(any_store: Store) -> None:
    with tracking.run() as run:
        for value in (math.nan, math.inf, -math.inf):
            run.log_metric("loss", value)
        run.log_outputs(nan=math.nan, high=math.inf)
    values = [point.value for point in run.get_metrics()["loss"]]
    assert math.isnan(values[0])
    assert values[1:] == [math.inf, -math.inf]
    assert math.isnan(run.get_outputs()["nan"])
    assert run.get_outputs()["high"] == math.inf


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3.0),
        (True, 1.0),
        (Decimal("0.5"), 0.5),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7.0),
        (np.array([[2.5]]), 2.5),
        (np.array(1.5), 1.5),
    ],
)
def test_scalars_of_any_library_are_numbers(value: object, number: float) -> None:
    assert as_number("loss", value) == number


@pytest.mark.parametrize("value", ["0.5", None, [1.0], {"a": 1}, np.array([1.0, 2.0]), 1j, object(), np.float64])
def test_what_is_no_number_is_refused_by_name_before_anything_is_stored(run: tracking.Run, value: object) -> None:
    with pytest.raises(NotANumberError, match="The metric 'bad' cannot be"):
        run.log_metrics({"good": 1.0, "bad": value})
    assert run.get_metrics() == {}


def test_a_number_too_large_for_a_float_is_refused() -> None:
    with pytest.raises(NotANumberError, match="too large"):
        as_number("loss", 10**400)


@pytest.mark.parametrize("step", [0.5, "1", 2**63])
def test_a_step_that_is_no_whole_number_of_64_bits_is_refused(run: tracking.Run, step: object) -> None:
    with pytest.raises(InvalidError, match="`step` is"):
        run.log_metric("loss", 1.0, step=step)
    run.log_metric("loss", 1.0, step=np.int32(4))
    assert [point.step for point in run.get_metrics()["loss"]] == [4]


@pytest.mark.parametrize(
    ("timestamp", "seconds"),
    [
        (1_700_000_000, 1_700_000_000.0),
        (datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC), 1_700_000_000.0),
        (datetime(2023, 11, 15, 0, 13, 20, tzinfo=timezone(timedelta(hours=2))), 1_700_000_000.0),
        (datetime.fromtimestamp(1_700_000_000), 1_700_000_000.0),
    ],
)
def test_a_moment_may_be_written_in_any_way(run: tracking.Run, timestamp: object, seconds: float) -> None:
    run.log_metric("loss", 1.0, timestamp=timestamp)
    assert [point.timestamp for point in run.get_metrics()["loss"]] == [seconds]


@pytest.mark.parametrize("timestamp", ["yesterday", 1e300, math.nan])
def test_what_is_no_moment_is_refused(run: tracking.Run, timestamp: object) -> None:
    with pytest.raises(InvalidError, match="`timestamp` is"):
        run.log_metric("loss", 1.0, timestamp=timestamp)


def test_progress_is_a_share(run: tracking.Run, store: Store) -> None:
    run.log_progress(0.25)
    assert store.runs.get(run.record.id).progress == 0.25
    with pytest.raises(InvalidError, match="from 0 to 1"):
        run.log_progress(25)


def test_what_is_said_of_a_run_is_kept(run: tracking.Run, store: Store) -> None:
    run.set_name("nightly")
    run.set_description("With more trees.")
    run.log_tags("best, fast")
    run.log_tags(["fast", "small"])
    run.log_meta(team="risk")
    run.log_meta({"cost centre": 7})
    found = store.runs.get(run.record.id)
    assert (found.name, found.description, found.tags) == ("nightly", "With more trees.", ("best", "fast", "small"))
    assert {key: found.meta[key] for key in ("team", "cost centre")} == {"team": "risk", "cost centre": 7}


def test_no_values_are_no_point(run: tracking.Run) -> None:
    run.log_metrics(step=1)
    assert run.get_metrics() == {}
