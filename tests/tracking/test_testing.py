"""The test mode that people get for code of theirs that logs."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina import tracking
from vitrina.store.errors import ConflictError
from vitrina.tracking import testing


def train() -> None:
    with tracking.run("baseline", project="acme/churn"):
        tracking.log_inputs(lr=0.1)
        tracking.log_metric("loss", 0.05)
        tracking.log_dataset("people", {"age": [30]})


def test_what_code_logs_can_be_asserted_and_touches_no_other_store(home: Path) -> None:
    with testing.capture() as captured:
        train()
        assert captured.run.get_inputs() == {"lr": 0.1}
        assert [point.value for point in captured.run.get_metrics()["loss"]] == [0.05]
        assert len(tracking.get_version("acme/churn/datasets/people").load()) == 1
        train()
        assert [run.name for run in captured.runs] == ["baseline", "baseline"]
        with pytest.raises(ConflictError, match="2 runs were logged, not one"):
            _ = captured.run
    assert not home.exists()


def test_each_capture_begins_empty_and_the_environment_is_used_again_afterwards(home: Path) -> None:
    for _ in range(2):
        with testing.capture() as captured:
            assert captured.runs == []
            train()
    train()
    assert len(tracking.get_runs("acme/churn")) == 1
    assert (home / "store.db").exists()
