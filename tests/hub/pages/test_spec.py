"""Chart specs that pages draw: checked, with all of their data inside, and labelled by what tells the lines apart."""

from __future__ import annotations

from typing import Any

import pytest

METRICS = "/-/spec/metrics/acme/churn"


def names(spec: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys(row["s"] for row in spec["data"]["values"]))


def test_one_metric_of_one_run_is_one_line_without_a_name(get: Any, gallery: Any) -> None:
    spec = get(f"{METRICS}?name=auc&run={gallery.runs[2].uuid}").json()
    assert names(spec) == [""]
    rows = spec["data"]["values"]
    assert rows[0]["x"] == 0
    assert rows[-1]["x"] == 119


def test_two_metrics_of_a_run_are_told_apart_by_their_names(get: Any, gallery: Any) -> None:
    spec = get(f"{METRICS}?name=train/loss&name=val/loss&run={gallery.runs[2].uuid}").json()
    assert names(spec) == ["train/loss", "val/loss"]
    assert spec["layer"][0]["encoding"]["y"]["title"] == "loss"


def test_versions_are_laid_over_each_other_under_their_numbers(get: Any) -> None:
    versions = "&".join(f"version=models/classifier@{number}" for number in ("2.0.0", "1.1.0"))
    assert names(get(f"{METRICS}?name=auc&{versions}").json()) == ["2.0.0", "1.1.0"]


def test_a_logged_chart_is_given_as_it_was_kept(get: Any, gallery: Any) -> None:
    run = gallery.runs[2]
    item = gallery.store.objects.find(run.id, "charts", "vega")
    spec = get(f"/-/spec/object/{item.id}").json()
    assert spec["mark"]["type"] == "bar"
    text = gallery.store.objects.find(run.id, "texts", "notes")
    assert get(f"/-/spec/object/{text.id}").status_code == 404


def test_a_chart_that_would_fetch_is_refused(get: Any, gallery: Any) -> None:
    payload = b'{"mark": "bar", "data": {"url": "/acme/secret.json"}}'
    run = gallery.store.runs.create(gallery.project, name="hostile-chart")
    summary = {"library": "vega-lite"}
    item = gallery.store.objects.add(
        run, kind="chart", section="charts", name="x", payload=payload, media_type="application/json", summary=summary
    )
    answer = get(f"/-/spec/object/{item.id}")
    assert answer.status_code == 422
    assert "secret.json" not in answer.text


@pytest.mark.parametrize(
    ("query", "status"),
    [("name=auc", 422), ("name=unheard&run=brisk-heron", 404), ("name=auc&run=unheard", 404), ("run=brisk-heron", 422)],
)
def test_a_question_that_names_nothing_is_refused(get: Any, query: str, status: int) -> None:
    assert get(f"{METRICS}?{query}").status_code == status
