"""What cannot be shown is said in its place, on every back end, and the rest of the page is unharmed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from vitrina.reports import Finding, Reader, Severity, check, live, parse, resolve
from vitrina.reports.shown import Broken
from vitrina.store.opening import Store
from vitrina.store.records import Project
from vitrina.store.refs import parse_ref
from vitrina.store.schema.registry import VersionRow
from vitrina.store.schema.runs import RunRow

HOME = parse_ref("acme/churn")
MODEL = "acme/churn/models/classifier@1.2.0"
RUN = "acme/churn/runs/brisk-heron"


def public_only(project: Project) -> bool:
    return project.visibility == "public"


MATRIX = {
    "unknown project": (
        "acme/nothing",
        "There is no project acme/nothing. It may have moved, or you may not see it.",
        False,
    ),
    "unknown project, named in a link": ("[x](acme/nothing)", "There is no project acme/nothing.", True),
    "no right to see": ("[x](acme/secret)", "There is no project acme/secret.", True),
    "no right to see a run in it": ("acme/secret/runs/hidden", "There is no project acme/secret.", True),
    "unknown run": (f"{RUN[:-1]}x", "There is no run 'brisk-herox' in acme/churn.", True),
    "unknown model": ("acme/churn/models/nothing", "There is no model 'nothing' in acme/churn.", True),
    "unknown version": ("acme/churn/models/classifier@9.9.9", "The highest there are: 1.2.0, 1.1.0, 1.0.0.", True),
    "unknown alias": ("acme/churn/models/classifier@nobody", "There is no version", True),
    "a selector that is none": ("acme/churn/models/classifier@1.2.0.0.0", "is no version, range, alias or stage", True),
    "unknown app": (f"{MODEL}/apps/nothing", "There is no app 'nothing'", True),
    "unknown report": ("acme/churn/reports/nothing", "There is no report 'nothing'", True),
    "a README that is not there": (f"{RUN}/readme", "There is no README of", True),
    "renamed chart": (f"![x]({MODEL}#charts/rok)", "has no chart `rok`. Did you mean `roc`?", True),
    "renamed metric": (f"a [0.9]({MODEL}#metrics.acu)", "There is no metric `acu`. Did you mean `auc`?", True),
    "renamed input": (f"a [1]({MODEL}#inputs.rate)", "There is no input `rate`.", True),
    "unknown image": (f"![x]({MODEL}#images/best)", "has no image `best`. There is `worst`.", True),
    "a section that holds no values": (f"a [1]({MODEL}#charts.roc)", "`charts` holds no values", True),
    "a section that is none": (f"![x]({MODEL}#cahrts/roc)", "has no form that can stand here", True),
    "empty run": ("![x](acme/churn/runs/prepare#charts/roc)", "has no chart `roc`.", True),
    "metrics of an empty run": ("acme/churn/runs/prepare#metrics", "has no metrics", True),
    "wrong type laid over": ("[x](acme/churn?with=1.0.0)", "?with= lays versions or runs over each other", True),
    "one of several versions is not there": (f"{MODEL}?with=9.9.9#charts/roc", "There is no version", True),
    "a part of a text that stands nowhere": ("![x](#charts/roc)", "acme/churn was logged without a run", True),
    "a file that is no picture": (f"![x]({RUN}#files/x)", "has no file `x`.", True),
    "a metric that no run has": (
        "```chart\nmetric: acu\n```",
        "None of these runs has a metric `acu`. Did you mean `auc`?",
        True,
    ),
    "an order that no run has": (
        "```runs\norder: metrics.acu desc\n```",
        "None of these runs has a metric `acu`.",
        True,
    ),
    "a column that no run has": (
        "```runs\ncolumns: [inputs.rate]\n```",
        "None of these runs has an input `rate`.",
        True,
    ),
    "a tag that no run has": ("```runs\nruns: tag:nobody\n```", "acme/churn has no run with the tag `nobody`.", True),
    "a logged table that is not there": (f"```table\ntable: {RUN}#tables/x\n```", "has no table `x`.", True),
    "a column that the table has not": (
        f"```table\ntable: {RUN}#tables/errors\ncolumns: [eror]\n```",
        "The table has no column `eror`. Did you mean `error`?",
        True,
    ),
    "a scatter over words": (
        "```chart\nmetric: auc\nkind: scatter\nx: inputs.kind\n```",
        "No run has both `inputs.kind` and `auc` as numbers.",
        True,
    ),
    "a project that may not be seen": ("```runs\nproject: acme/secret\n```", "There is no project acme/secret.", True),
}


@pytest.mark.parametrize(("text", "why", "is_error"), MATRIX.values(), ids=MATRIX)
def test_it_is_said_in_its_place(text: str, why: str, is_error: bool, sample: Store) -> None:
    document = resolve(parse(f"Before.\n\n{text}\n\nAfter.\n"), Reader(sample, may_read=public_only, home=HOME))
    html = live(document).html
    assert html.startswith("<p>Before.</p>")
    assert html.rstrip().endswith("<p>After.</p>")
    if not is_error:
        assert document.findings == ()
        return
    errors = [one for one in document.findings if one.severity is Severity.ERROR]
    assert len(errors) == 1
    assert why in errors[0].message
    assert "cannot be shown" in html


def test_what_may_not_be_seen_is_not_there_in_the_same_words(sample: Store) -> None:
    absent, forbidden = (
        check(f"[x](acme/{name})", Reader(sample, may_read=public_only))[0].message for name in ("nothing", "secret")
    )
    assert absent.replace("nothing", "secret") == forbidden


def test_a_line_within_a_fence_is_the_findings_line(sample: Store) -> None:
    text = "Text.\n\n```chart\nkind: bar\nmetric: acu\n```\n"
    assert check(text, Reader(sample, home=HOME)) == [
        Finding(5, "This chart cannot be shown: None of these runs has a metric `acu`. Did you mean `auc`?")
    ]


def test_a_query_of_a_text_that_stands_nowhere_asks_for_a_project(sample: Store) -> None:
    (finding,) = check("```runs\n```", Reader(sample))
    assert "Name one: `project: owner/name`" in finding.message


def delete(store: Store, row: Any, number: int) -> None:
    with store.database.writing() as transaction:
        transaction.connection.execute(update(row).where(row.id == number).values(deleted_at=datetime.now(UTC)))


def test_a_run_that_was_deleted_is_not_there(own_store: Store) -> None:
    run = own_store.find(RUN).run
    assert run is not None
    delete(own_store, RunRow, run.id)
    (finding,) = check(f"![x]({RUN}#charts/roc)", Reader(own_store))
    assert "There is no run 'brisk-heron'" in finding.message


def test_a_version_whose_run_was_deleted_says_so(own_store: Store) -> None:
    found = own_store.find(MODEL)
    assert found.run_id is not None
    delete(own_store, RunRow, found.run_id)
    (finding,) = check(f"At [0.9]({MODEL}#metrics.auc).", Reader(own_store))
    assert "The run that logged this was deleted." in finding.message


def test_a_version_that_was_deleted_is_not_there(own_store: Store) -> None:
    version = own_store.find(MODEL).version
    assert version is not None
    delete(own_store, VersionRow, version.id)
    (finding,) = check(MODEL, Reader(own_store))
    assert "There is no version" in finding.message


def test_an_object_that_is_damaged_is_said_to_be(own_store: Store) -> None:
    run = own_store.find(RUN).run
    assert run is not None
    own_store.objects.add(
        run, kind="chart", section="charts", name="broken", payload=b"{", media_type="x", summary={"library": "altair"}
    )
    document = resolve(parse(f"![x]({RUN}#charts/broken)\n\nAfter."), Reader(own_store))
    assert isinstance(document.shown[0], Broken)
    assert "<p>After.</p>" in live(document).html


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"data": {"url": "http://127.0.0.1:1/x.csv"}, "mark": "bar", "encoding": {}}, "is an address to fetch"),
        (
            {"data": {"sequence": {"start": 0, "stop": 3e7}}, "mark": "point", "encoding": {}},
            "makes more than 100,000 rows",
        ),
    ],
)
def test_a_chart_that_fetches_or_grows_is_refused(spec: dict[str, Any], why: str, own_store: Store) -> None:
    import json

    run = own_store.find(RUN).run
    assert run is not None
    own_store.objects.add(
        run,
        kind="chart",
        section="charts",
        name="hostile",
        payload=json.dumps(spec).encode(),
        media_type="application/vnd.vegalite.v6+json",
        summary={"library": "vega-lite"},
    )
    (finding,) = check(f"![x]({RUN}#charts/hostile)", Reader(own_store))
    assert why in finding.message


def test_an_object_that_is_too_large_is_not_loaded(own_store: Store) -> None:
    run = own_store.find(RUN).run
    assert run is not None
    own_store.objects.add(
        run, kind="text", section="texts", name="huge", payload=b"x" * 20_000_001, media_type="text/plain", summary={}
    )
    (finding,) = check(f"![x]({RUN}#texts/huge)", Reader(own_store))
    assert "20 MB is the most" in finding.message
