"""The life of a run: how it begins, is joined, and ends."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from vitrina import tracking
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import Run, Status
from vitrina.store.runs import RunIdTakenError
from vitrina.store.schema.runs import RunRow
from vitrina.tracking.recorder import NoRunError, RunOverError


def stored(store: Store, run: tracking.Run) -> Run:
    return store.runs.get(run.record.id)


def test_a_block_that_ends_has_succeeded(any_store: Store) -> None:
    with tracking.run("baseline", project="acme/churn", tags=["nightly", "best"], description="First try.") as run:
        assert stored(any_store, run).status is Status.RUNNING
    found = stored(any_store, run)
    assert (found.project.ref, found.name, found.description) == ("acme/churn", "baseline", "First try.")
    assert (found.status, found.message, found.tags) == (Status.SUCCEEDED, "", ("best", "nightly"))
    assert found.duration_s is not None


def test_an_exception_in_the_block_fails_the_run_and_goes_on(any_store: Store) -> None:
    with pytest.raises(ValueError, match="no convergence"), tracking.run() as run:
        raise ValueError("no convergence")
    found = stored(any_store, run)
    assert (found.status, found.message) == (Status.FAILED, "ValueError: no convergence")


def test_ctrl_c_in_the_block_stops_the_run(store: Store) -> None:
    with pytest.raises(KeyboardInterrupt), tracking.run() as run:
        raise KeyboardInterrupt
    assert stored(store, run).status is Status.STOPPED


@pytest.mark.parametrize(
    ("code", "status", "message"),
    [
        (0, Status.SUCCEEDED, ""),
        (None, Status.SUCCEEDED, ""),
        (3, Status.FAILED, "Exit code 3."),
        ("no", Status.FAILED, "no"),
    ],
)
def test_leaving_the_program_ends_the_run_by_its_code(store: Store, code: object, status: Status, message: str) -> None:
    with pytest.raises(SystemExit), tracking.run() as run:
        raise SystemExit(code)
    found = stored(store, run)
    assert (found.status, found.message) == (status, message)


def test_a_status_that_was_logged_stays(store: Store) -> None:
    with tracking.run() as run:
        tracking.log_failed(reason="early", message="The loss is NaN.")
    found = stored(store, run)
    assert (found.status, found.message) == (Status.FAILED, "The loss is NaN.")
    history = [(status, reason) for _, status, reason, _ in store.runs.history(found)]
    assert history == [(Status.RUNNING, "created"), (Status.FAILED, "early")]


def test_a_run_called_succeeded_that_breaks_has_failed(store: Store) -> None:
    run = tracking.run()
    run.log_succeeded()
    with pytest.raises(ZeroDivisionError), run:
        raise ZeroDivisionError
    assert stored(store, run).status is Status.FAILED


def test_an_unknown_status_is_refused_with_those_there_are(store: Store) -> None:
    with tracking.run() as run, pytest.raises(InvalidError, match=r"no status 'done'.*running, succeeded, failed"):
        run.log_status("done")


def test_init_and_end_bracket_a_run(store: Store) -> None:
    run = tracking.init(owner="acme", project="churn", name="script")
    tracking.log_metric("loss", 0.5)
    tracking.end()
    assert stored(store, run).status is Status.SUCCEEDED
    tracking.end()
    with pytest.raises(NoRunError, match=r"No run is going on here\. Begin one"):
        tracking.log_metric("loss", 0.4)


def test_a_run_that_is_over_takes_nothing_more_and_says_how_to_go_on(store: Store) -> None:
    with tracking.run() as run:
        pass
    with pytest.raises(RunOverError, match=rf'is over\. Continue it: tracking\.run\(run_uuid="{run.uuid}"\)'):
        run.log_metric("loss", 0.5)


def test_a_given_id_is_kept_and_resumed(any_store: Store) -> None:
    with tracking.run("one", run_uuid="my-run") as first:
        first.log_metric("loss", 3.0)
    with tracking.run(run_uuid="my-run", tags="again") as second:
        second.log_metric("loss", 2.0)
        assert stored(any_store, second).status is Status.RUNNING
    found = stored(any_store, second)
    assert (found.id, found.name, found.tags, found.status) == (first.record.id, "one", ("again",), Status.SUCCEEDED)
    points = tracking.get_run(first.ref).get_metrics()["loss"]
    assert [(point.step, point.value) for point in points] == [(0, 3.0), (1, 2.0)]
    with pytest.raises(RunIdTakenError, match="local/default/runs/my-run exists already"):
        tracking.run(run_uuid="my-run", is_new=True)


def test_a_running_run_is_joined_and_stays_its_owners_to_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with tracking.run("owner") as owner:
        monkeypatch.setenv("VITRINA_RUN", owner.uuid)
        with tracking.run() as rank:
            assert rank.uuid == owner.uuid
            rank.log_metric("loss", 1.0)
        assert stored(store, owner).status is Status.RUNNING
        with tracking.run(is_new=True) as another:
            assert another.uuid != owner.uuid
    assert stored(store, owner).status is Status.SUCCEEDED


def test_a_run_that_is_over_is_resumed_by_who_joins_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with tracking.run("night"):
        pass
    monkeypatch.setenv("VITRINA_RUN", "night")
    with tracking.run() as run:
        assert stored(store, run).status is Status.RUNNING
    assert stored(store, run).status is Status.SUCCEEDED


def test_an_unknown_run_to_join_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINA_RUN", "0123456789abcdef")
    with pytest.raises(NotFoundError, match="There is no run '0123456789abcdef' in local/default"):
        tracking.run()


def test_runs_nest_and_the_inner_one_is_current(store: Store) -> None:
    with tracking.run("outer") as outer:
        with tracking.run("inner") as inner:
            tracking.log_metric("loss", 1.0)
        tracking.log_metric("loss", 2.0)
    assert [point.value for point in tracking.get_run(inner.ref).get_metrics()["loss"]] == [1.0]
    assert [point.value for point in tracking.get_run(outer.ref).get_metrics()["loss"]] == [2.0]


def test_threads_with_runs_of_their_own_do_not_meet(store: Store) -> None:
    together = threading.Barrier(2)

    def train(name: str) -> str:
        with tracking.run(name) as run:
            together.wait()
            tracking.log_outputs(name=name)
            together.wait()
        return run.ref

    with ThreadPoolExecutor(2) as pool:
        refs = list(pool.map(train, ["a", "b"]))
    assert [tracking.get_run(ref).get_outputs() for ref in refs] == [{"name": "a"}, {"name": "b"}]


def test_a_helper_thread_logs_to_the_run_that_is_going_on(store: Store) -> None:
    with tracking.run() as run, ThreadPoolExecutor(1) as pool:
        pool.submit(tracking.log_metric, "loss", 1.0).result()
    assert len(run.get_metrics()["loss"]) == 1


def test_many_threads_lose_no_point_and_count_steps_once(store: Store) -> None:
    with tracking.run() as run, ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(run.log_metric, "loss", float(number)) for number in range(40)]:
            done.result()
    points = run.get_metrics()["loss"]
    assert sorted(point.value for point in points) == [float(number) for number in range(40)]
    assert [point.step for point in points] == list(range(40))


@pytest.mark.slow
def test_a_forked_child_logs_to_the_run_and_does_not_end_it(store: Store, run_script) -> None:
    done = run_script(
        """
        import os, sys
        from vitrina import tracking

        run = tracking.init(project="acme/churn")
        run.log_metric("loss", 1.0, step=1)
        child = os.fork()
        if child == 0:
            tracking.log_metric("loss", 2.0, step=2)
            sys.exit()
        os.waitpid(child, 0)
        assert tracking.get_run().status == "running"
        tracking.log_metric("loss", 3.0, step=3)
        print(run.ref)
        """
    )
    assert done.stderr == ""
    run = tracking.get_run(done.stdout.strip())
    assert run.status is Status.SUCCEEDED
    assert [point.value for point in run.get_metrics()["loss"]] == [1.0, 2.0, 3.0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("last_line", "status", "message"),
    [
        ("pass", Status.SUCCEEDED, ""),
        ("raise ValueError('no convergence')", Status.FAILED, "ValueError: no convergence"),
        ("raise KeyboardInterrupt", Status.STOPPED, "Interrupted by Ctrl-C."),
    ],
)
def test_the_end_of_the_process_ends_its_run(
    store: Store, run_script, last_line: str, status: Status, message: str
) -> None:
    done = run_script(f"from vitrina import tracking\nprint(tracking.init().ref, flush=True)\n{last_line}\n")
    run = tracking.get_run(done.stdout.strip())
    assert (run.status, run.message) == (status, message)


def test_the_store_that_a_run_logged_to_is_used_also_when_the_environment_changes(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path
) -> None:
    with tracking.run(project="acme/churn") as run:
        monkeypatch.setenv("VITRINA_HOME", str(tmp_path / "other"))
        tracking.log_inputs(lr=0.1)
        assert tracking.get_run(run.ref).get_inputs() == {"lr": 0.1}
    assert not (tmp_path / "other").exists()


def test_a_run_says_what_it_is(store: Store) -> None:
    with tracking.run("baseline", project="acme/churn") as run:
        assert repr(run) == f"<run {run.ref} running>"
        run.set_name("renamed")
        assert run.name == "renamed"
    assert repr(tracking.get_run(run.ref)) == f"<run {run.ref} succeeded>"
    assert os.environ.get("VITRINA_RUN") is None


def delete(store: Store, run: tracking.Run) -> None:
    """Somebody deletes the run while it is going on."""
    with store.database.writing() as transaction:
        gone = update(RunRow).where(RunRow.id == run.record.id).values(deleted_at=transaction.now)
        transaction.connection.execute(gone)


def test_a_run_that_cannot_be_ended_hides_no_exception_of_the_block(store: Store) -> None:
    run = tracking.run()
    delete(store, run)
    with pytest.raises(ValueError, match="no convergence") as caught, run:
        raise ValueError("no convergence")
    assert "could not be marked as ended: There is no run number" in caught.value.__notes__[0]


def test_a_run_that_cannot_be_ended_says_so_and_is_current_no_more(store: Store) -> None:
    run = tracking.run()
    delete(store, run)
    with pytest.raises(NotFoundError, match="There is no run number"):
        run.end()
    with pytest.raises(NoRunError):
        tracking.log_metric("loss", 1.0)
