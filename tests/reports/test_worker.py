"""Render workers as they are: real processes, made to die, to hang and to reach out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vitrina.reports.worker import Limits, RenderError, WorkerDiedError, WorkerLateError, Workers

pytestmark = pytest.mark.slow

BARS: dict[str, Any] = {
    "data": {"values": [{"x": "a", "y": 1}, {"x": "b", "y": 2}]},
    "mark": "bar",
    "encoding": {"x": {"field": "x", "type": "nominal"}, "y": {"field": "y", "type": "quantitative"}},
}
ENDLESS = {
    "data": {"sequence": {"start": 0, "stop": 3e7}},
    "mark": "point",
    "encoding": {"x": {"field": "data", "type": "quantitative"}},
}
"""Vega's own limit is the memory of its process."""


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers() as made:
        yield made


def spec(chart: dict[str, Any]) -> bytes:
    return json.dumps(chart).encode()


def pid(workers: Workers) -> int:
    (only,) = workers.running()
    return only.pid


def test_a_chart_is_drawn_and_the_worker_kept(workers: Workers) -> None:
    first = workers.svg(spec(BARS))
    assert first.startswith(b"<svg")
    kept = pid(workers)
    assert workers.svg(spec(BARS)) == first
    assert workers.png(spec(BARS), scale=2.0).startswith(b"\x89PNG")
    assert pid(workers) == kept


def test_what_cannot_be_drawn_is_an_error_and_the_worker_lives(workers: Workers) -> None:
    with pytest.raises(RenderError, match="This cannot be drawn"):
        workers.svg(b'{"mark": "nothing"}')
    kept = pid(workers)
    assert workers.svg(spec(BARS))
    assert pid(workers) == kept


def test_a_worker_that_is_killed_in_the_middle_is_an_error_and_the_next_job_has_another(workers: Workers) -> None:
    workers.svg(spec(BARS))
    doomed, errors = pid(workers), list[RenderError]()

    def ask() -> None:
        try:
            workers.svg(spec(ENDLESS))
        except RenderError as error:
            errors.append(error)

    asking = threading.Thread(target=ask)
    os.kill(doomed, signal.SIGSTOP)  # so that it cannot have answered before it dies
    asking.start()
    os.kill(doomed, signal.SIGKILL)
    asking.join()
    assert [type(error) for error in errors] == [WorkerDiedError]
    assert "died while it worked on this (svg)" in str(errors[0])
    assert workers.svg(spec(BARS)).startswith(b"<svg")
    assert pid(workers) != doomed


def test_memory_without_end_is_the_workers_death_only() -> None:
    with Workers(limits=Limits(memory_bytes=900 * 1024**2, deadline_s=120)) as workers:
        with pytest.raises(WorkerDiedError, match="Perhaps it is too large"):
            workers.svg(spec(ENDLESS))
        assert workers.svg(spec(BARS)).startswith(b"<svg")


def test_a_job_past_its_deadline_is_killed() -> None:
    with Workers(limits=Limits(deadline_s=0.5)) as workers, pytest.raises(WorkerLateError, match=r"longer than 0\.5 s"):
        workers.svg(spec(ENDLESS))


def test_a_worker_has_no_network_where_the_system_allows_it(workers: Workers) -> None:
    workers.svg(spec(BARS))
    (worker,) = workers.running()
    own, theirs = (Path(f"/proc/{number}/ns/net").readlink() for number in ("self", worker.pid))
    assert (own == theirs) is worker.has_network


def test_a_worker_sees_nothing_of_our_environment(workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINA_TOKEN", "secret")
    workers.svg(spec(BARS))
    assert b"secret" not in Path(f"/proc/{pid(workers)}/environ").read_bytes()


def test_a_worker_is_replaced_after_its_jobs() -> None:
    with Workers(limits=Limits(jobs=1)) as workers:
        workers.svg(spec(BARS))
        assert workers.running() == []


def test_several_threads_share_the_workers() -> None:
    drawn: list[bytes] = []
    with Workers(2) as workers:
        threads = [threading.Thread(target=lambda: drawn.append(workers.svg(spec(BARS)))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(drawn) == 6
    assert len(set(drawn)) == 1


def test_closing_ends_the_processes() -> None:
    workers = Workers()
    workers.svg(spec(BARS))
    number = pid(workers)
    workers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
    with pytest.raises(RenderError, match="closed"):
        workers.svg(spec(BARS))


def test_who_waits_for_a_worker_is_refused_when_they_are_closed() -> None:
    workers, errors = Workers(), list[RenderError]()
    workers.svg(spec(BARS))
    busy = pid(workers)
    os.kill(busy, signal.SIGSTOP)  # it holds the only place until it is ended

    def ask() -> None:
        try:
            workers.svg(spec(BARS))
        except RenderError as error:
            errors.append(error)

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    workers.close()
    os.kill(busy, signal.SIGKILL)
    for thread in asking:
        thread.join()
    assert len(errors) == 2
    assert workers.running() == []


def test_an_answer_that_is_too_long_is_not_read() -> None:
    with Workers(limits=Limits(answer_bytes=100)) as workers, pytest.raises(WorkerDiedError):
        workers.svg(spec(BARS))


def test_whoever_prints_loads_no_renderer_himself() -> None:
    """What draws untrusted data is loaded by the worker alone; and the room's front door loads nothing heavy at all."""
    program = """
import sys
import vitrina.reports
heavy = ("weasyprint", "vl_convert", "markdown_it", "sqlalchemy", "jinja2")
assert not any(name in sys.modules for name in heavy), "the front door"
from datetime import UTC, datetime
from vitrina.reports import Means, Target, Workers, edition_of_text, parse, render
from vitrina.reports.document import Document
from dataclasses import replace
document = replace(parse("# T\\n\\nText.\\n"), is_resolved=True)
with Workers() as workers:
    edition = edition_of_text(document, name="t.md", dated=datetime(2026, 1, 1, tzinfo=UTC))
    assert render(document, Target.PDF, edition=edition, means=Means(lambda blob: b"", workers)).startswith(b"%PDF")
assert not any(name in sys.modules for name in ("weasyprint", "vl_convert")), "printing"
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
