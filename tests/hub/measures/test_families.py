"""Figures as Prometheus reads them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families as parsed

from vitrina.hub.measures import families
from vitrina.hub.measures.families import as_text, counter, gauge
from vitrina.hub.measures.histogram import Histogram


def test_a_counter_a_gauge_and_a_histogram_are_read_as_what_they_are() -> None:
    took = Histogram("wait_seconds", "How long.", (0.5, 1.0), labels=("for",))
    for seconds in (0.2, 0.5, 0.7, 9.0):
        took.observe(seconds, "app")
    given = (counter("opened", "Openings.", {("a",): 3, ("b",): 0}, labels=("app",)), gauge("now", "Now.", {(): 2.5}))
    read = {one.name: one for one in parsed(as_text([*given, took.family()]).decode())}
    assert {name: (one.type, one.documentation) for name, one in read.items()} == {
        "vitrina_opened": ("counter", "Openings."),
        "vitrina_now": ("gauge", "Now."),
        "vitrina_wait_seconds": ("histogram", "How long."),
    }
    assert [(one.name, one.labels, one.value) for one in read["vitrina_opened"].samples] == [
        ("vitrina_opened_total", {"app": "a"}, 3.0),
        ("vitrina_opened_total", {"app": "b"}, 0.0),
    ]
    samples = {
        (one.name.removeprefix("vitrina_wait_seconds"), one.labels.get("le")): one.value
        for one in read["vitrina_wait_seconds"].samples
    }
    assert samples == {
        ("_bucket", "0.5"): 2,
        ("_bucket", "1"): 3,
        ("_bucket", "+Inf"): 4,
        ("_count", None): 4,
        ("_sum", None): 10.4,
    }


def test_what_the_front_tells_as_json_is_what_the_portal_hears() -> None:
    took = Histogram("wait_seconds", "How long.", (0.5,))
    took.observe(0.25)
    told = [counter("opened", "Openings.", {("a",): 3}, labels=("app",)), took.family()]
    assert families.heard(json.loads(json.dumps(families.told(told)))) == told


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_value_of_a_label_comes_through(name: str) -> None:
    text = as_text([gauge("memory_bytes", "Memory.", {(name,): 1.0}, labels=("app",))]).decode()
    [family] = parsed(text)
    assert [one.labels for one in family.samples] == [{"app": name}]


@settings(deadline=None)
@given(st.lists(st.floats(0, 200), max_size=50))
def test_each_bucket_counts_what_took_at_most_so_long(seconds: list[float]) -> None:
    took = Histogram("wait_seconds", "How long.", (0.5, 1.0, 100.0))
    for one in seconds:
        took.observe(one)
    buckets = {one.labels["le"]: one.value for one in took.family().samples if one.suffix == "_bucket"}
    ends = {"0.5": 0.5, "1": 1.0, "100": 100.0, "+Inf": float("inf")}
    assert buckets == ({name: sum(one <= end for one in seconds) for name, end in ends.items()} if seconds else {})


def test_a_family_knows_how_many_labels_it_has() -> None:
    with pytest.raises(ValueError, match="shorter"):
        counter("opened", "Openings.", {("a",): 3}, labels=("app", "number"))
