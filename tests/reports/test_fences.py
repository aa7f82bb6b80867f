from __future__ import annotations

import re
from pathlib import Path

import pytest

from vitrina.reports.fences import KEYS, Fence, query
from vitrina.reports.keys import FenceError
from vitrina.reports.queries import ChartKind, ChartQuery, Field, Order, RunsQuery, Selection, TableQuery
from vitrina.store.refs import Ref, parse_ref

MODEL = "acme/churn/models/classifier@1.2.0"


def test_every_key_of_a_chart_is_read() -> None:
    made = query(
        Fence.CHART,
        "metric: auc\nkind: scatter\nx: params.lr\ngroup: kind\nruns: tag:best\nproject: acme/churn\n"
        "order: metrics.auc asc\ntop: 3\ntitle: T\ncaption: 4\n",
        line=1,
    )
    assert isinstance(made, ChartQuery)
    assert (made.metrics, made.kind, made.x, made.group) == (
        ("auc",),
        ChartKind.SCATTER,
        Field("lr", "inputs"),
        Field("kind"),
    )
    head = made.head
    assert (head.runs, head.project, head.top) == (Selection(tag="best"), Ref("acme", "churn"), 3)
    assert (head.order, head.title, head.caption) == (Order(Field("auc", "metrics"), is_descending=False), "T", "4")


def test_a_line_is_smoothed_and_scaled() -> None:
    made = query(Fence.CHART, "metric: [a, b]\nsmooth: 0.5\nscale: log\n", line=1)
    assert isinstance(made, ChartQuery)
    assert (made.metrics, made.smooth, made.is_log, made.kind) == (("a", "b"), 0.5, True, ChartKind.LINE)


def test_a_table_compares_or_shows_what_was_logged() -> None:
    compared = query(Fence.TABLE, f"runs: [{MODEL}]\nmetrics: auc\n", line=1)
    logged = query(Fence.TABLE, f"table: {MODEL}#tables/errors\ncolumns: [a]\n", line=1)
    assert isinstance(compared, TableQuery)
    assert isinstance(logged, TableQuery)
    assert compared.head.runs == Selection(refs=(parse_ref(MODEL),))
    assert (logged.table, logged.columns) == (parse_ref(f"{MODEL}#tables/errors"), ("a",))


def test_a_fence_of_runs_may_be_empty() -> None:
    assert isinstance(query(Fence.RUNS, "", line=1), RunsQuery)


@pytest.mark.parametrize(
    ("fence", "text", "line", "message"),
    [
        ("chart", "", 0, "A chart needs `metric`"),
        ("chart", "metric: auc\nmetrc: x", 2, "`metrc` is no key of a chart. Did you mean `metric`?"),
        ("chart", "metric: auc\nkind: pie", 2, "`kind` takes line, bar, scatter, box or histogram."),
        ("chart", "metric: auc\nkind: scatter", 0, "A scatter needs `x`"),
        ("chart", "metric: [a, b]\nkind: bar", 1, "A bar draws one metric."),
        ("chart", "metric: auc\nsmooth: 1", 2, "`smooth` takes a number from 0 to below 1."),
        ("chart", "metric: auc\nkind: box\nsmooth: 0.5", 3, "`smooth` goes with kind line, not with box."),
        ("chart", "metric: auc\nscale: sqrt", 2, "`scale` takes linear or log."),
        ("chart", "metric: {a: b}", 1, "`metric` takes a name, or a list of names."),
        ("chart", "metric: auc\ntop: 0", 2, "`top` takes a whole number from 1."),
        ("chart", "metric: auc\ntop: yes", 2, "`top` takes a whole number from 1."),
        ("chart", "metric: auc\nruns: 7", 2, "`runs` takes all, tag:NAME, or a list of references"),
        ("chart", "metric: auc\nruns: [a/b]", 2, "`runs` takes runs and versions, which a/b is not."),
        ("chart", "metric: auc\nruns: [nothing]", 2, "it needs at least owner/project"),
        ("chart", "metric: auc\nproject: a/b/models/c", 2, "`project` takes a project"),
        ("runs", "order: auc up", 1, "`order` takes a value of the runs, then asc or desc"),
        ("runs", "columns: [7.5, [x]]", 1, "`columns` takes a name, or a list of names."),
        ("table", "columns: [a]", 1, "`columns` are those of a logged table"),
        ("table", f"table: {MODEL}", 1, "`table` takes a table that was logged"),
        ("table", f"table: {MODEL}#tables/x\nmetrics: a", 2, "`metrics` does not go with `table`"),
    ],
)
def test_what_a_fence_does_not_take_is_said_with_its_line(fence: str, text: str, line: int, message: str) -> None:
    with pytest.raises(FenceError) as caught:
        query(Fence(fence), text, line=1)
    assert message in str(caught.value)
    assert caught.value.line == max(line, 1)


def test_the_documentation_lists_the_keys_as_they_are() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "reports.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", docs, flags=re.MULTILINE)
    own = {(key.name, fence.value, key.words) for fence, keys in KEYS.items() for key in keys}
    common = {(key.name, "all", key.words) for key in KEYS[Fence.RUNS] if all(key in keys for keys in KEYS.values())}
    shared = {name for name, _, _ in common}
    assert set(rows) == common | {row for row in own if row[0] not in shared}
