"""The numbers that a report shows are the numbers in the store."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import pytest

from vitrina.reports import Document, Reader, Severity, live, parse, resolve
from vitrina.reports.shown import Card, Chart, Figure, Grid, Value
from vitrina.store.opening import Store
from vitrina.store.refs import parse_ref
from vitrina.store.runs import Io

HOME = parse_ref("acme/churn")
MODEL = "acme/churn/models/classifier"


def read(store: Store, text: str) -> Document:
    document = resolve(parse(text), Reader(store, home=HOME))
    assert [one for one in document.findings if one.severity is Severity.ERROR] == []
    return document


def series(store: Store, version: str) -> dict[str, Any]:
    run_id = store.find(f"{MODEL}@{version}").run_id
    assert run_id is not None
    return {one.name: one for one in store.metrics.series([run_id])[run_id]}


def grid(document: Document) -> Grid:
    figure = document.shown[0]
    assert isinstance(figure, Figure)
    (body,) = [body for _, body in figure.bodies]
    assert isinstance(body, Grid)
    return body


def spec(document: Document) -> dict[str, Any]:
    figure = document.shown[0]
    assert isinstance(figure, Figure)
    (body,) = [body for _, body in figure.bodies]
    assert isinstance(body, Chart)
    return body.spec


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "1.2.0"])
def test_a_value_of_a_metric_is_its_last(sample: Store, version: str) -> None:
    value = read(sample, f"At [0.900]({MODEL}@{version}#metrics.auc).").shown[0]
    assert isinstance(value, Value)
    last = series(sample, version)["auc"].last
    assert float(value.full) == last
    assert value.text == f"{last:.3f}"
    assert value.ref == f"{MODEL}@{version}#metrics.auc"


def test_values_of_inputs_and_outputs_are_those_of_the_run(sample: Store) -> None:
    document = read(
        sample,
        f"[0.10]({MODEL}@1.1.0#inputs.lr) [x]({MODEL}@1.1.0#inputs.kind) [41 %]({MODEL}@1.1.0#outputs.threshold)",
    )
    run_id = sample.find(f"{MODEL}@1.1.0").run_id
    assert run_id is not None
    inputs = {one.name: one.value for one in sample.runs.params([run_id])[run_id]}
    (threshold,) = [one.value for one in sample.runs.params([run_id], Io.OUTPUT)[run_id]]
    shown = [one.text for one in document.shown.values() if isinstance(one, Value)]
    assert shown == [f"{inputs['lr']:.2f}", inputs["kind"], f"{threshold * 100:.0f}\u202f%"]


def test_a_value_follows_what_the_alias_means_and_says_which_it_was(sample: Store) -> None:
    value = read(sample, f"At [0.9]({MODEL}@champion#metrics.auc).").shown[0]
    assert isinstance(value, Value)
    assert (value.ref, value.origin) == (f"{MODEL}@1.2.0#metrics.auc", "classifier 1.2.0, run brisk-heron")


def test_a_table_of_versions_has_their_last_values(sample: Store) -> None:
    body = grid(read(sample, f"{MODEL}@1.2.0?with=1.1.0&with=1.0.0"))
    assert [head.text for head in body.heads] == ["metric", "1.2.0", "1.1.0", "1.0.0"]
    for row in body.rows:
        for cell, version in zip(row[1:], ("1.2.0", "1.1.0", "1.0.0"), strict=True):
            assert float(cell.full or cell.text) == series(sample, version)[row[0].text].last


def test_a_metrics_curve_has_all_of_its_points(sample: Store) -> None:
    drawn = spec(read(sample, f"{MODEL}@1.2.0?with=1.0.0#metrics.val/auc"))
    for version in ("1.2.0", "1.0.0"):
        (points,) = sample.metrics.points([series(sample, version)["val/auc"].id]).values()
        rows = [(row["x"], row["y"]) for row in drawn["data"]["values"] if row["s"] == version]
        assert rows == [(point.step, point.value) for point in points]


def test_a_query_draws_the_runs_with_the_tag(sample: Store) -> None:
    drawn = spec(read(sample, "```chart\nruns: tag:best\nmetric: auc\nkind: bar\n```"))
    rows = {row["x"]: row["y"] for row in drawn["data"]["values"]}
    assert rows == {"calm-otter": 0.908, "brisk-heron": 0.913}


def test_a_scatter_has_the_inputs_against_the_metric(sample: Store) -> None:
    drawn = spec(read(sample, "```chart\nmetric: auc\nkind: scatter\nx: inputs.lr\n```"))
    assert sorted((row["x"], row["y"]) for row in drawn["data"]["values"]) == [
        (0.05, 0.884),
        (0.1, 0.908),
        (0.2, 0.913),
    ]


def test_boxes_and_histograms_are_made_of_the_last_values(sample: Store) -> None:
    boxes = spec(read(sample, "```chart\nmetric: auc\nkind: box\ngroup: seed\nruns: tag:best\n```"))
    assert sorted((row["x"], row["y"]) for row in boxes["data"]["values"]) == [("7", 0.908), ("7", 0.913)]
    bins = spec(read(sample, "```chart\nmetric: auc\nkind: histogram\n```"))
    assert sum(row["y"] for row in bins["data"]["values"]) == 3


def test_runs_are_ordered_and_cut(sample: Store) -> None:
    body = grid(
        read(sample, "```runs\ncolumns: [inputs.lr, metrics.auc, duration]\norder: metrics.auc asc\ntop: 2\n```")
    )
    assert [[cell.text for cell in row] for row in body.rows] == [
        ["green-pike", "0.050", "0.884", "14\u202fmin 08\u202fs"],
        ["calm-otter", "0.100", "0.908", "14\u202fmin 08\u202fs"],
    ]
    assert [row[2].is_best for row in body.rows] == [False, True]


def test_a_logged_table_shows_its_rows_and_says_how_many_there_are(sample: Store) -> None:
    body = grid(
        read(
            sample,
            "```table\ntable: acme/churn/runs/brisk-heron#tables/errors\ncolumns: [error, customer]\ntop: 3\n```",
        )
    )
    assert [head.text for head in body.heads] == ["error", "customer"]
    assert [[cell.text for cell in row] for row in body.rows] == [["0", "c000"], ["0.007", "c001"], ["0.013", "c002"]]
    assert body.total == 150


def test_a_models_card_has_its_metrics_beside_those_in_production(sample: Store) -> None:
    card = read(sample, f"{MODEL}@1.2.0").shown[0]
    assert isinstance(card, Card)
    facts = {fact.name: (fact.text, fact.note) for fact in card.facts}
    assert facts["auc"] == ("0.913", "production 0.908")
    assert facts["Trained on"][0] == "customers 2.0.0"
    assert facts["Run"] == ("brisk-heron", "14\u202fmin 08\u202fs")


def test_the_chart_on_the_page_is_the_chart_that_was_logged(sample: Store) -> None:
    html = live(read(sample, f"![Lift]({MODEL}@1.2.0#charts/lift)")).html
    (data,) = re.findall(r'<script type="application/json">(.*?)</script>', html)
    shown = json.loads(data)
    run_id = sample.find(f"{MODEL}@1.2.0").run_id
    assert run_id is not None
    item = sample.objects.find(run_id, "charts", "lift")
    assert item is not None
    assert shown == json.loads(sample.blobs.read(item.blob))


def test_curves_of_versions_are_laid_over_each_other(sample: Store) -> None:
    drawn = spec(read(sample, f"{MODEL}@1.2.0?with=1.1.0&with=1.0.0#charts/roc"))
    assert {row["s"] for row in drawn["data"]["values"]} == {"1.2.0", "1.1.0", "1.0.0"}


def test_charts_that_cannot_be_laid_over_stand_beneath_each_other(sample: Store) -> None:
    figure = read(sample, f"{MODEL}@1.2.0?with=1.1.0#charts/importance").shown[0]
    assert isinstance(figure, Figure)
    assert [label for label, _ in figure.bodies] == ["1.2.0", "1.1.0"]


def test_a_value_that_is_no_number_is_said_to_be_none(own_store: Store) -> None:
    from vitrina.store.records import Point

    run = own_store.find("acme/churn/runs/prepare").run
    assert run is not None
    own_store.metrics.append(run.id, {"loss": [Point(0, 0.0, math.nan)]})
    value = read(own_store, "At [0.9](acme/churn/runs/prepare#metrics.loss).").shown[0]
    assert isinstance(value, Value)
    assert value.text == "NaN"
