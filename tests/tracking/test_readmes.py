"""READMEs of runs, projects, models and versions."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina import tracking
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import Report
from vitrina.tracking.recorder import NoRunError


def readme(store: Store, ref: str) -> Report:
    found = store.find(f"{ref}/readme").report
    assert found is not None
    return found


def test_a_run_a_project_a_model_and_a_version_each_have_one(any_store: Store, tmp_path: Path) -> None:
    with tracking.run(project="acme/churn") as run:
        version = tracking.log_dataset("people", {"age": [30]})
        tracking.set_readme("# The run\n")
        tracking.set_readme("# The project\n", of="acme/churn")
        tracking.set_readme("# The dataset\n", of="acme/churn/datasets/people")
        tracking.set_readme("# The version\n", of=version)
    for ref, text in [
        (run.ref, "# The run\n"),
        ("acme/churn", "# The project\n"),
        ("acme/churn/datasets/people", "# The dataset\n"),
        (version.ref, "# The version\n"),
    ]:
        assert readme(any_store, ref).text == text


def test_a_changed_text_is_a_revision_and_the_same_one_is_not(store: Store) -> None:
    for text in ("one", "one", "two"):
        tracking.set_readme(text, of="acme/churn")
    assert readme(store, "acme/churn").revision == 2


def test_the_text_may_lie_in_a_file(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("README.md").write_text("# From a file: naïve\n", encoding="utf-8")
    tracking.set_readme("README.md", of="acme/churn")
    assert readme(store, "acme/churn").text == "# From a file: naïve\n"
    tracking.set_readme(tmp_path / "README.md", of="acme/other")
    assert readme(store, "acme/other").text == "# From a file: naïve\n"
    tracking.set_readme("See README.md\n", of="acme/churn")
    assert readme(store, "acme/churn").text == "See README.md\n"


def test_a_missing_or_unreadable_file_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"There is no file no-such\.md"):
        tracking.set_readme("no-such.md", of="acme/churn")
    (tmp_path / "latin.md").write_bytes(b"na\xefve")
    with pytest.raises(InvalidError, match=r"latin\.md cannot be read"):
        tracking.set_readme(tmp_path / "latin.md", of="acme/churn")
    assert store.projects.find("acme", "churn") is None


def test_what_is_not_there_can_have_none(store: Store) -> None:
    with pytest.raises(NoRunError):
        tracking.set_readme("# Nobody's\n")
    with pytest.raises(NotFoundError, match="no project acme/churn"):
        tracking.set_readme("# No model\n", of="acme/churn/models/classifier")
    for ref in ("acme/churn/reports/q3", "acme/churn/models/classifier@1.0.0/apps/what-if"):
        with pytest.raises(InvalidError, match=f"{ref} has no README"):
            tracking.set_readme("# Neither\n", of=ref)
