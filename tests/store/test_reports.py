"""Reports, READMEs and snapshots."""

from __future__ import annotations

import pytest

from vitrina.store.errors import NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import Project, Run, Subject


def test_a_report_has_revisions_and_the_newest_is_shown(store: Store, project: Project) -> None:
    store.reports.publish(project, "q3", "# One", title="Third quarter")
    second = store.reports.publish(project, "q3", "# Two")
    assert (second.ref, second.revision, second.title) == ("acme/churn/reports/q3", 2, "Third quarter")
    assert store.reports.get(project, "Q3").text == "# Two"
    assert store.reports.get(project, "q3", revision=1).text == "# One"
    assert [report.revision for report in store.reports.revisions(second)] == [2, 1]


def test_the_same_text_again_is_the_same_revision(store: Store, project: Project) -> None:
    assert store.reports.publish(project, "q3", "# One") == store.reports.publish(project, "q3", "# One")


def test_a_readme_belongs_to_its_subject_and_is_no_report(store: Store, project: Project, run: Run) -> None:
    of_project = store.reports.publish_readme(project, Subject.PROJECT, project.id, "# Churn")
    of_run = store.reports.publish_readme(project, Subject.RUN, run.id, "# Run")
    assert (of_project.ref, of_run.ref) == ("acme/churn/readme", f"{run.ref}/readme")
    assert store.reports.readme(Subject.RUN, run.id) == of_run
    assert store.reports.readme(Subject.VERSION, 1) is None
    assert store.reports.list(project).items == []


def test_snapshots_are_numbered_and_the_same_one_is_kept_once(store: Store, project: Project) -> None:
    report = store.reports.publish(project, "q3", "# One")
    first = store.reports.freeze(report, b"<p>0.91</p>", values={"auc": 0.91})
    assert store.reports.freeze(report, b"<p>0.91</p>", values={"auc": 0.91}) == first
    second = store.reports.freeze(report, b"<p>0.92</p>", values={"auc": 0.92})
    assert [snapshot.number for snapshot in store.reports.snapshots(report)] == [2, 1]
    assert store.blobs.read(store.reports.snapshot(report, 1).blob) == b"<p>0.91</p>"
    assert second.values == {"auc": 0.92}
    with pytest.raises(NotFoundError, match="no snapshot 3"):
        store.reports.snapshot(report, 3)


def test_a_report_that_is_not_there_says_how_to_list_them(store: Store, project: Project) -> None:
    with pytest.raises(NotFoundError, match="vitrina report list acme/churn"):
        store.reports.get(project, "q4")
