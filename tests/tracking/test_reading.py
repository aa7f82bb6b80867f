"""Reading back what was logged, with a run going on or not."""

from __future__ import annotations

import pytest

from vitrina import tracking
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import Status
from vitrina.store.refs import BadReferenceError
from vitrina.tracking.recorder import NoRunError


@pytest.fixture
def logged(store: Store) -> tracking.Run:
    with tracking.run("baseline", project="acme/churn", tags="nightly", track_code=False, track_env=False) as run:
        run.log_inputs(lr=0.1)
        run.log_outputs(score=0.9)
        run.log_meta(team="risk")
        for step, loss in enumerate([3.0, 2.0, 1.0]):
            run.log_metric("loss", loss, step=step)
        run.log_metric("auc", 0.9, step=2)
    return run


@pytest.mark.parametrize("key", ["id", "prefix", "name", "address"])
def test_a_run_is_read_by_any_form_of_its_reference(logged: tracking.Run, key: str) -> None:
    ref = {
        "id": logged.ref,
        "prefix": logged.ref[:-6],
        "name": "acme/churn/runs/baseline",
        "address": f"http://localhost:8400/{logged.ref}",
    }[key]
    run = tracking.get_run(ref)
    assert (run.ref, run.name, run.status, run.tags) == (logged.ref, "baseline", Status.SUCCEEDED, ("nightly",))
    assert (run.message, run.meta, run.uuid) == ("", {"team": "risk"}, logged.uuid)
    assert (run.get_inputs(), run.get_outputs()) == ({"lr": 0.1}, {"score": 0.9})
    assert run.created_at.utcoffset() is not None


def test_metrics_come_as_points_and_as_data_frames(logged: tracking.Run) -> None:
    run = tracking.get_run(logged.ref)
    assert [(point.step, point.value) for point in run.get_metrics(["loss"])["loss"]] == [(0, 3.0), (1, 2.0), (2, 1.0)]
    tidy = run.get_metrics_as_tidy_df()
    assert list(tidy.columns) == ["name", "step", "timestamp", "value"]
    assert sorted(zip(tidy["name"], tidy["step"], strict=True)) == [("auc", 2), ("loss", 0), ("loss", 1), ("loss", 2)]
    wide = run.get_metrics_as_wide_df()
    assert wide.loc[2].to_dict() == {"loss": 1.0, "auc": 0.9}
    assert wide["auc"].isna().tolist() == [True, True, False]


def test_the_runs_of_a_project_come_newest_first_over_pages(
    store: Store, monkeypatch: pytest.MonkeyPatch, logged: tracking.Run
) -> None:
    project = store.projects.get("acme", "churn")
    for number in range(230):
        store.runs.create(project, name=str(number), tags=["odd"] if number % 2 else [])
    names = [run.name for run in tracking.get_runs("acme/churn")]
    assert names == [*map(str, reversed(range(230))), "baseline"]
    assert [run.name for run in tracking.get_runs("acme/churn", limit=2, tag="odd")] == ["229", "227"]
    monkeypatch.setenv("VITRINA_PROJECT", "acme/churn")
    assert len(tracking.get_runs(limit=3)) == 3


def test_calls_without_a_reference_read_the_current_run(store: Store, logged: tracking.Run) -> None:
    with tracking.run("second", project="acme/churn", track_env=False):
        tracking.log_inputs(lr=0.2)
        assert tracking.get_run().get_inputs() == tracking.get_inputs() == {"lr": 0.2}
        assert tracking.get_metrics() == {}
        assert [run.name for run in tracking.get_runs()] == ["second", "baseline"]
    with pytest.raises(NoRunError):
        tracking.get_run()


def test_get_tells_runs_from_versions(store: Store, logged: tracking.Run) -> None:
    with tracking.run(project="acme/churn"):
        version = tracking.log_dataset("people", {"age": [30]})
    assert isinstance(tracking.get(logged.ref), tracking.RunHandle)
    assert isinstance(tracking.get(version.ref), tracking.VersionHandle)
    assert tracking.get("acme/churn/datasets/people").ref == version.ref
    with pytest.raises(InvalidError, match=r"is a version\. Use get"):
        tracking.get_run(version.ref)
    with pytest.raises(InvalidError, match=r"is a run\. Use get_run"):
        tracking.get_version(logged.ref)


@pytest.mark.parametrize(
    ("ref", "error", "said"),
    [
        ("nonsense", BadReferenceError, "it needs at least owner/project"),
        ("acme/nothing/runs/baseline", NotFoundError, "no project acme/nothing"),
        ("acme/churn/runs/nothing", NotFoundError, "no run 'nothing' in acme/churn"),
        ("acme/churn/models/nothing@1.0.0", NotFoundError, "no model 'nothing' in acme/churn"),
        ("acme/churn", InvalidError, "is neither a run nor a version"),
        ("acme/churn/models/m@1.0.0/apps/x", InvalidError, "is neither a run nor a version"),
    ],
)
def test_what_is_not_there_is_said(logged: tracking.Run, ref: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        tracking.get(ref)


def test_a_model_with_pre_releases_only_says_how_to_get_one(store: Store) -> None:
    with tracking.run(project="acme/churn") as run:
        version = run.log_dataset("people", {"age": [30]}, version="1.0.0-rc.1")
    with pytest.raises(
        NotFoundError, match=r"no release of acme/churn/datasets/people\. Ask for its newest version: @latest"
    ):
        tracking.get("acme/churn/datasets/people")
    assert tracking.get("acme/churn/datasets/people@latest").ref == version.ref
