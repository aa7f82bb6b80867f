"""VITRINA_MODE=disabled: the script runs unchanged, and nothing is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina import tracking
from vitrina.tracking.sinks.nowhere import DisabledError


def test_a_whole_script_runs_and_leaves_nothing(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINA_MODE", "disabled")
    app = tmp_path / "what_if.py"
    app.write_text("import streamlit\n")
    with tracking.run("baseline", project="acme/churn", tags="a, b") as run:
        tracking.log_inputs(lr=0.1)
        tracking.log_metrics(loss=0.5)
        tracking.log_text("note", "text")
        tracking.log_chart("chart", object())
        version = tracking.log_model("classifier", object(), version="2.0.0")
        tracking.log_dataset("people", object())
        tracking.set_readme("# Nothing\n")
        assert tracking.log_app("what-if", app, model=version).ref == f"{version.ref}/apps/what-if"
        assert (run.get_inputs(), run.get_outputs(), run.get_metrics(), run.get_objects()) == ({}, {}, {}, [])
        assert tracking.get_runs() == []
        assert version.promote("production").stage == "production"
    assert (run.name, run.status, run.record.tags) == ("baseline", "succeeded", ("a", "b"))
    assert version.ref == "acme/churn/models/classifier@2.0.0"
    assert not home.exists()
    for read in (version.load, lambda: version.predict([1]), lambda: tracking.get(version.ref)):
        with pytest.raises(DisabledError, match="VITRINA_MODE is disabled"):
            read()
