"""The lineage strip, the news and the small drawings: pure functions from records to what is shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from vitrina.hub.lineage import DOWNWARDS, branches
from vitrina.hub.pages.drawing import PROFILE_HEIGHT, PROFILE_WIDTH, bars, spark
from vitrina.hub.pages.news import news
from vitrina.hub.pages.strip import Groups, of_run, of_version
from vitrina.hub.pages.tree import Twig, grown
from vitrina.store.records import Change, Edge, Node, NodeKind, NodeLabel

RUN = NodeLabel(Node(NodeKind.RUN, 1), "acme/churn/runs/9f3c2a1b00000000", "brisk-heron", "run")
MODEL = NodeLabel(Node(NodeKind.VERSION, 2), "acme/churn/models/classifier@1.3.0", "classifier 1.3.0", "model")
DATA = NodeLabel(Node(NodeKind.VERSION, 3), "acme/churn/datasets/customers@2.0.0", "customers 2.0.0", "dataset")
REPORT = NodeLabel(Node(NodeKind.REPORT, 9), "acme/churn/reports/q3-review", "Third-quarter review", "report")
APPS = [NodeLabel(Node(NodeKind.APP, n), f"{MODEL.ref}/apps/app-{n}", f"App {n}", "app") for n in (4, 5, 6)]
EDGES = [
    Edge(DATA, RUN, "used"),
    Edge(RUN, MODEL, "made"),
    *(Edge(MODEL, app, "serves") for app in APPS),
    Edge(MODEL, REPORT, "cites"),
]


def texts(groups: Groups) -> list[list[str]]:
    return [[stop.text for stop in group] for group in groups]


def test_a_version_stands_between_what_went_in_and_who_shows_it() -> None:
    groups = of_version(MODEL.node, "model", MODEL.title, EDGES)
    assert texts(groups) == [
        ["customers 2.0.0"],
        ["brisk-heron"],
        ["classifier 1.3.0"],
        ["App 4, …"],
        ["Third-quarter review"],
    ]
    assert groups[3][0].kind == "3 apps"
    assert [stop.is_here for group in groups for stop in group] == [False, False, True, False, False]
    assert groups[2][0].href is None
    assert groups[0][0].href == "/acme/churn/datasets/customers@2.0.0"


def test_a_run_leads_to_what_it_made_and_to_what_came_of_that() -> None:
    assert texts(of_run(RUN.node, RUN.title, EDGES)) == [
        ["customers 2.0.0"],
        ["brisk-heron"],
        ["classifier 1.3.0"],
        ["App 4, …"],
        ["Third-quarter review"],
    ]


def test_code_stands_beside_the_data_and_leads_to_its_repository() -> None:
    def code(number: int, remote: str) -> Edge:
        return Edge(NodeLabel(Node(NodeKind.CODE, number), "acme/churn/code/9f3c", "9f3c", "code", remote), RUN, "ran")

    first = of_run(RUN.node, RUN.title, [code(1, "https://example.org/acme/churn"), *EDGES])[0]
    assert [(stop.kind, stop.href) for stop in first] == [
        ("dataset", "/acme/churn/datasets/customers@2.0.0"),
        ("commit", "https://example.org/acme/churn"),
    ]
    assert [group[0].href for group in of_run(RUN.node, RUN.title, [code(1, "javascript:alert(1)")])] == [None, None]
    many = of_run(RUN.node, RUN.title, [*EDGES, *(code(number, "") for number in range(1, 4))])[0]
    assert [stop.kind for stop in many] == ["dataset", "3 commits"]


def test_a_tree_holds_each_thing_with_what_follows_it_once() -> None:
    """Also where a report cites an app too, and a circle leads back to the run."""
    circle = [*EDGES, Edge(APPS[0], REPORT, "cites"), Edge(MODEL, RUN, "used")]

    def told(twigs: Sequence[Twig]) -> list[object]:
        return [
            (f"{twig.words} {twig.text}{', above' if twig.is_again else ''}", told(twig.twigs))
            if twig.twigs
            else f"{twig.words} {twig.text}{', above' if twig.is_again else ''}"
            for twig in twigs
        ]

    assert told(grown(branches(circle, DATA.node, forwards=True), DOWNWARDS)) == [
        (
            "used by brisk-heron",
            [
                (
                    "made classifier 1.3.0",
                    [
                        ("served by App 4", ["cited by Third-quarter review"]),
                        "served by App 5",
                        "served by App 6",
                        "cited by Third-quarter review, above",
                        "used by brisk-heron, above",
                    ],
                )
            ],
        )
    ]
    assert grown([], DOWNWARDS) == ()


def test_a_thing_alone_is_a_strip_of_one() -> None:
    assert texts(of_version(MODEL.node, "model", MODEL.title, [])) == [["classifier 1.3.0"]]


def entry(number: int, action: str, kind: str, ref: str, **data: object) -> Change:
    return Change(number, datetime(2026, 11, number, tzinfo=UTC), "alice", action, kind, ref, data)


def test_news_are_sentences_and_leave_out_what_nobody_tells() -> None:
    changes = [
        entry(9, "failed", "run", "acme/churn/runs/aaaaaaaaaaaaaaaa"),
        entry(8, "promoted", "version", MODEL.ref, name="production"),
        entry(7, "aliased", "version", MODEL.ref, name="champion"),
        entry(6, "logged", "object", "acme/churn/runs/9f3c2a1b00000000#charts/roc"),
        entry(5, "logged", "model", MODEL.ref),
        entry(4, "succeeded", "run", RUN.ref),
        entry(3, "logged inputs", "run", RUN.ref),
        entry(2, "started", "run", RUN.ref, name="brisk-heron"),
        entry(1, "published", "report", "acme/churn/readme"),
    ]
    told = [f"{item.lead} [{item.text}]{item.tail}" for item in news(changes, limit=10)]
    assert told == [
        "Run [aaaaaaaa] failed",
        "alice moved [classifier 1.3.0] to production",
        "alice named [classifier 1.3.0] @champion",
        "alice logged model [classifier 1.3.0]",
        "Run [brisk-heron] is done",
        "alice published report [the README]",
    ]
    assert len(news(changes, limit=2)) == 2


def test_a_spark_runs_from_left_to_right_and_ends_at_its_last_number() -> None:
    drawn = spark([1.0, None, 3.0, math.nan, 2.0])
    assert drawn is not None
    assert drawn.path == "M1 18 43 2 85 10"
    assert (drawn.x, drawn.y) == (85, 10)
    flat = spark([5.0, 5.0])
    assert flat is not None
    assert flat.y == 10


@pytest.mark.parametrize("values", [[], [1.0], [None, 2.0], [math.inf, math.nan, 1.0]])
def test_fewer_than_two_numbers_are_no_spark(values: list[float | None]) -> None:
    assert spark(values) is None


def test_bars_fill_the_place_and_the_rest_stands_last() -> None:
    drawn = bars([1, 4, 2], rest=2)
    assert [bar.height for bar in drawn] == [6, PROFILE_HEIGHT, 12, 12]
    assert [bar.is_rest for bar in drawn] == [False, False, False, True]
    assert drawn[-1].x + drawn[-1].width <= PROFILE_WIDTH
    assert bars([]) == bars([0, 0]) == []


def test_a_rare_value_still_has_a_bar() -> None:
    assert [bar.height for bar in bars([10_000, 1, 0])] == [24, 1, 0]
