from __future__ import annotations

import pytest

from vitrina.reports import Target, Workers, freeze, print_stored, publish
from vitrina.reports.publishing import DataChangedError, NoReportError
from vitrina.store.errors import NotFoundError
from vitrina.store.opening import Store
from vitrina.store.records import Node, NodeKind, Point, Subject, Visibility
from vitrina.store.refs import parse_ref
from vitrina.store.versions import Stage

MODEL = "acme/churn/models/classifier"
TEXT = f"""# The fourth quarter

At [0.9]({MODEL}@production#metrics.auc) with [it]({MODEL}@1.2.0).

![Lift]({MODEL}@1.2.0#charts/lift)
"""


def test_a_text_becomes_a_revision_with_its_own_title(own_store: Store) -> None:
    done = publish(own_store, parse_ref("acme/churn/reports/q4"), TEXT)
    assert (done.report.ref, done.report.revision, done.report.title) == (
        "acme/churn/reports/q4",
        1,
        "The fourth quarter",
    )
    again = publish(own_store, parse_ref("acme/churn/reports/q4"), TEXT + "More.\n", title="Q4")
    assert (again.report.revision, again.report.title) == (2, "Q4")
    assert publish(own_store, parse_ref("acme/churn/reports/q4"), TEXT + "More.\n").report.revision == 2


@pytest.mark.parametrize(
    ("ref", "subject"),
    [
        ("acme/churn/readme", Subject.PROJECT),
        ("acme/churn/runs/calm-otter/readme", Subject.RUN),
        (f"{MODEL}/readme", Subject.COLLECTION),
        (f"{MODEL}@1.0.0/readme", Subject.VERSION),
        (f"{MODEL}@champion/readme", Subject.VERSION),
    ],
)
def test_a_readme_is_kept_with_what_it_is_about(ref: str, subject: Subject, own_store: Store) -> None:
    report = publish(own_store, parse_ref(ref), "About it.").report
    assert report.subject is subject
    assert own_store.find(ref).report == report


@pytest.mark.parametrize("ref", ["acme/churn", MODEL, "acme/churn/runs/calm-otter", "acme/churn/reports/q3-review@1"])
def test_what_is_no_report_takes_no_text(ref: str, own_store: Store) -> None:
    with pytest.raises(NoReportError, match="is no report and no README"):
        publish(own_store, parse_ref(ref), "x")


def test_a_project_that_is_not_there_is_not_made(own_store: Store) -> None:
    with pytest.raises(NotFoundError):
        publish(own_store, parse_ref("acme/chrun/reports/q4"), "x")


def test_what_a_report_cites_is_in_its_lineage(own_store: Store) -> None:
    report = publish(own_store, parse_ref("acme/churn/reports/q4"), TEXT).report
    edges = own_store.lineage.around([Node(NodeKind.REPORT, report.id)])
    assert {(edge.source.ref, edge.relation) for edge in edges} == {
        (f"{MODEL}@1.1.0", "cites"),
        (f"{MODEL}@1.2.0", "cites"),
    }


def test_a_text_that_asks_for_what_is_not_there_is_kept_and_found(own_store: Store) -> None:
    done = publish(own_store, parse_ref("acme/churn/reports/q4"), "acme/churn/models/nothing\n")
    assert done.report.revision == 1
    assert [finding.line for finding in done.findings] == [1]


@pytest.mark.slow
def test_a_snapshot_cites_what_a_name_means_by_then(own_store: Store, workers: Workers) -> None:
    one, two = (own_store.find(f"{MODEL}@{number}").version for number in ("1.1.0", "1.2.0"))
    assert one is not None
    assert two is not None
    own_store.promotions.alias(one, "best", reason="")
    report = publish(own_store, parse_ref("acme/churn/reports/best"), f"[the best]({MODEL}@best)\n").report
    own_store.promotions.alias(two, "best", reason="")
    freeze(own_store, report, workers)
    edges = own_store.lineage.around([Node(NodeKind.REPORT, report.id)])
    assert [edge.source.ref for edge in edges] == [one.ref, two.ref]


@pytest.mark.slow
def test_a_snapshot_keeps_what_was_true(own_store: Store, workers: Workers) -> None:
    """Its numbers stay whatever is promoted and logged later; unchanged data is no new snapshot; changed data is."""
    ref = parse_ref("acme/churn/reports/q4")
    report = publish(own_store, ref, TEXT).report
    first = freeze(own_store, report, workers)
    assert (first.number, first.values) == (1, {f"{MODEL}@1.1.0#metrics.auc": "0.908"})
    assert freeze(own_store, report, workers).number == 1
    kept = print_stored(own_store, parse_ref("acme/churn/reports/q4@1"), Target.FROZEN, workers)
    version = own_store.find(f"{MODEL}@1.2.0").version
    assert version is not None
    own_store.promotions.promote(version, Stage.PRODUCTION)
    second = freeze(own_store, report, workers)
    assert (second.number, second.values) == (2, {f"{MODEL}@1.2.0#metrics.auc": "0.913"})
    assert print_stored(own_store, parse_ref("acme/churn/reports/q4@1"), Target.FROZEN, workers) == kept
    assert kept != print_stored(own_store, ref, Target.FROZEN, workers)


@pytest.mark.slow
def test_a_pdf_of_a_snapshot_shows_what_the_snapshot_shows_or_is_refused(own_store: Store, workers: Workers) -> None:
    ref = parse_ref("acme/churn/reports/q4@1")
    freeze(own_store, publish(own_store, parse_ref("acme/churn/reports/q4"), TEXT).report, workers)
    assert print_stored(own_store, ref, Target.PDF, workers).startswith(b"%PDF")
    run_id = own_store.find(f"{MODEL}@1.1.0").run_id
    assert run_id is not None
    own_store.metrics.append(run_id, {"auc": [Point(99, 0.0, 0.5)]})
    with pytest.raises(DataChangedError, match="since snapshot 1 was frozen"):
        print_stored(own_store, ref, Target.PDF, workers)


@pytest.mark.slow
def test_a_snapshot_holds_nothing_that_one_of_its_readers_may_not_see(own_store: Store, workers: Workers) -> None:
    """It is the same bytes for all who may read the report, whoever froze it."""
    secret = own_store.find("acme/secret").project
    run = own_store.find("acme/secret/runs/hidden").run
    assert run is not None
    own_store.metrics.append(run.id, {"margin": [Point(0, 0.0, 0.7731)]})
    text = "The margin is [?](acme/secret/runs/hidden#metrics.margin).\n"
    done = publish(own_store, parse_ref("acme/churn/reports/q4"), text)
    assert [finding.line for finding in done.findings] == [1]
    snapshot = freeze(own_store, done.report, workers)
    assert snapshot.values == {}
    assert b"0.773" not in own_store.blobs.read(snapshot.blob)
    own_store.projects.describe(done.report.project, visibility=Visibility.PRIVATE)
    report = own_store.reports.get(own_store.find("acme/churn").project, "q4")
    assert freeze(own_store, report, workers).values == {}, "the members of two private projects may be other people"
    own_store.projects.describe(secret, visibility=Visibility.PUBLIC)
    assert [value[:5] for value in freeze(own_store, done.report, workers).values.values()] == ["0.773"]


@pytest.mark.slow
def test_a_readme_is_printed_by_its_reference(own_store: Store, workers: Workers) -> None:
    html = print_stored(own_store, parse_ref(f"{MODEL}@1.2.0/readme"), Target.LIVE, workers).decode()
    assert "The curve:" in html
    assert 'class="chart"' in html
    with pytest.raises(NoReportError):
        print_stored(own_store, parse_ref(MODEL), Target.LIVE, workers)
