"""Searching: who finds what, page by page, in time; and that SQL answers as plain Python does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from vitrina.store.opening import Store
from vitrina.store.records import Node, NodeKind, Point, Project, Run, Status, Visibility
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.runs import Io
from vitrina.store.schema.runs import RunRow
from vitrina.store.search import tree
from vitrina.store.search.asking import Search
from vitrina.store.search.errors import CursorError, QueryError, SearchTooSlowError
from vitrina.store.search.grammar import parse
from vitrina.store.search.tree import Aggregate, Kind, Section

SERIES: list[dict[str, list[float]]] = [
    {},
    {"a": [1.0, 3.0, 2.0]},
    {"a": [math.nan], "b": [0.5]},
    {"a": [-math.inf, 2.0], "b": [2.0, math.nan]},
    {"a": [math.inf], "b": [-1.0]},
    {"a": [2.0]},
    {"b": [0.5, 0.5]},
    {"a": [0.0], "b": [1e-300]},
]
PARAMS: list[dict[str, Any]] = [
    {"x": 1, "y": "one"},
    {"x": 1.0, "y": "One%"},
    {"x": True, "y": None},
    {"x": "1", "y": ""},
    {"x": math.nan, "y": "é"},
    {"x": False, "y": {"deep": 2}},
    {"y": [1, 2]},
    {"x": "z" * 200, "y": math.inf},
]
TAGS: list[list[str]] = [["best"], ["k=v"], ["k=true", "best"], ["k"], [], ["k=V", "other"], ["best=1"], []]


@dataclass(frozen=True)
class Plain:
    """A run as Python sees it."""

    run: Run
    metrics: Mapping[str, list[float]]
    inputs: Mapping[str, Any]
    parent: str | None
    """The id of its parent."""


@pytest.fixture
def runs(store: Store, project: Project, clock: Any) -> list[Plain]:
    made: list[Plain] = []
    for number, (metrics, inputs, tags) in enumerate(zip(SERIES, PARAMS, TAGS, strict=True)):
        clock.forward(timedelta(hours=1))
        parent = made[0].run if number in {3, 4} else None
        run = store.runs.create(project, name=f"run {number % 3}", tags=tags, parent=parent)
        points = {
            name: [Point(step, 0.0, value) for step, value in enumerate(values)] for name, values in metrics.items()
        }
        store.metrics.append(run.id, points)
        store.runs.set_params(run, Io.INPUT, inputs)
        if number % 2:
            clock.forward(timedelta(minutes=number))
            store.runs.move(run, Status.FAILED if number == 5 else Status.SUCCEEDED)
        flat = {"y/deep": 2, **{k: v for k, v in inputs.items() if k != "y"}} if number == 5 else inputs
        made.append(Plain(run, metrics, flat, parent.uuid if parent is not None else None))
    found = store.runs.by_ids([one.run.id for one in made])
    return [replace(one, run=found[one.run.id]) for one in made]


FIELDS = st.sampled_from(
    [
        "metrics.a",
        "metrics.b",
        "metrics.a.max",
        "metrics.b.first",
        "metrics.none",
        "metrics.a.min",
        "params.x",
        "params.y",
        "params.y/deep",
        "tags.k",
        "tags.best",
        "name",
        "status",
        "duration",
        "parent",
        "created",
    ]
)
NUMBERS = st.sampled_from(["0", "1", "2", "0.5", "-1", "1e-300", "inf", "-1e999", "nan"])
TEXTS = st.sampled_from(
    ["'one'", "'1'", "''", "'True'", "'true'", "'é'", "'v'", "'run 1'", "'failed'", f"'{'z' * 200}'", "'[1, 2]'"]
)
PATTERNS = st.sampled_from(["'%'", "'o%'", "'ONE\\%'", "'_'", "'%r_n%'", "''", "'z%z'", "'V'", "'[1%'"])
TIMES = st.sampled_from(["-1h", "-3h", "-1000d", "2026-03-01T15:00", "1772370000000"])
OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def values_of(field: str) -> st.SearchStrategy[str]:
    if field.startswith("metrics") or field == "duration":
        return NUMBERS if field != "duration" else st.sampled_from(["60", "1m", "3m", "1h"])
    if field == "created":
        return TIMES
    return NUMBERS | TEXTS | st.sampled_from(["true", "false"]) if field.startswith("params") else TEXTS


@st.composite
def conditions(draw: st.DrawFn) -> str:
    field = draw(FIELDS)
    value = values_of(field)
    can_be_like = field.startswith(("params", "tags")) or field in {"name", "status", "parent"}
    forms = ["compare", "compare", "in", "between", "null", *(["like"] if can_be_like else [])]
    denied = draw(st.sampled_from(["", "not "]))
    match draw(st.sampled_from(forms)):
        case "compare":
            return f"{field} {draw(OPERATORS)} {draw(value)}"
        case "in":
            return f"{field} {denied}in ({', '.join(draw(st.lists(value, min_size=1, max_size=3)))})"
        case "between":
            return f"{field} {denied}between {draw(value)} and {draw(value)}"
        case "like":
            return f"{field} {denied}{draw(st.sampled_from(['like', 'ilike']))} {draw(PATTERNS)}"
        case _:
            return f"{field} is {denied}null"


CONDITIONS = st.recursive(
    conditions(),
    lambda inner: (
        st.builds(lambda a, word, b: f"({a} {word} {b})", inner, st.sampled_from(["and", "or"]), inner)
        | inner.map(lambda part: f"not {part}")
    ),
    max_leaves=5,
)
ORDERS = st.lists(
    st.builds(
        lambda field, way: f"{field} {way}",
        st.sampled_from(
            ["metrics.a", "metrics.b.max", "params.x", "params.y", "name", "created", "duration", "parent"]
        ),
        st.sampled_from(["asc", "desc"]),
    ),
    max_size=3,
).map(lambda keys: f"order by {', '.join(keys)}" if keys else "")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=CONDITIONS, order=ORDERS, size=st.integers(1, 9))
def test_sql_answers_as_plain_python_does(store: Store, runs: list[Plain], where: str, order: str, size: int) -> None:
    now = store.database.clock()
    asked = parse(f"{where} {order}")
    assert asked.where is not None
    expected = [one.run.id for one in ordered(asked.order, runs, now) if meets(asked.where, one, now)]
    found: list[int] = []
    after = None
    while True:
        page = store.search.page(f"{where} {order}", after=after, limit=size)
        found += [item.id for item in page.items]
        after = page.after
        if after is None:
            break
    assert found == expected


def meets(node: tree.Node, one: Plain, now: datetime) -> bool:
    match node:
        case tree.All(parts):
            return all(meets(part, one, now) for part in parts)
        case tree.Any(parts):
            return any(meets(part, one, now) for part in parts)
        case tree.Not(part):
            return not meets(part, one, now)
        case tree.Missing(field):
            return not has(field, one)
        case tree.Compare(field, operator, value):
            return any(holds(held, operator.value, value, field, now) for held in held_by(field, one))
        case tree.Within(field, values):
            return any(holds(held, "=", value, field, now) for held in held_by(field, one) for value in values)
        case tree.Without(field, values):
            return any(all(holds(held, "!=", v, field, now) for v in values) for held in held_by(field, one))
        case tree.Between(field, low, high):
            return any(
                holds(held, ">=", low, field, now) and holds(held, "<=", high, field, now)
                for held in held_by(field, one)
            )
        case tree.Like(field, pattern, folds, is_negated):
            return any(like(written(held), pattern, folds=folds) != is_negated for held in held_by(field, one))
        case tree.Related():
            raise AssertionError


def has(field: tree.Field, one: Plain) -> bool:
    if field.section is Section.METRIC:
        return field.name in one.metrics
    return any(value is not None for value in held_by(field, one))


def held_by(field: tree.Field, one: Plain) -> list[Any]:
    """The values of a field; a tag may have several."""
    match field.section:
        case Section.METRIC:
            numbers = [value for value in one.metrics.get(field.name, []) if not math.isnan(value)]
            pick = {
                Aggregate.FIRST: lambda v: v[0],
                Aggregate.LAST: lambda v: v[-1],
                Aggregate.MIN: min,
                Aggregate.MAX: max,
            }
            return [pick[field.aggregate](numbers)] if numbers else []
        case Section.INPUT:
            value = one.inputs.get(field.name)
            return [value] if value is not None else []
        case Section.TAG:
            keyed = [tag.split("=", 1) if "=" in tag else [tag, "true"] for tag in one.run.tags]
            return [value for key, value in keyed if key == field.name]
        case _:
            run = one.run
            plain: dict[str, Any] = {
                "name": run.name,
                "status": run.status.value,
                "created": run.started_at,
                "duration": run.duration_s,
                "parent": one.parent,
            }
            value = plain[field.name]
            return [value] if value is not None else []


def holds(held: Any, operator: str, value: tree.Value, field: tree.Field, now: datetime) -> bool:
    if field.type is tree.Type.TIME:
        match value:
            case tree.Span(seconds):
                other: Any = now + timedelta(seconds=seconds)
            case tree.Number(number):
                other = datetime.fromtimestamp(number / 1000, tz=now.tzinfo)
            case _:
                assert isinstance(value, tree.Text)
                other = datetime.fromisoformat(value.value).replace(tzinfo=now.tzinfo)
        return compared(held, operator, other)
    match value:
        case tree.Number(number) | tree.Span(number):
            is_number = isinstance(held, int | float) and not isinstance(held, bool)
            return is_number and not math.isnan(held) and not math.isnan(number) and compared(held, operator, number)
        case tree.Boolean(truth):
            return isinstance(held, bool) and compared(held, operator, truth)
        case tree.Text(text):
            if isinstance(held, bool) and text in {"True", "False"} and operator in {"=", "!="}:
                text = text.lower()
            return compared(written(held), operator, text)


def compared(held: Any, operator: str, other: Any) -> bool:
    match operator:
        case "=":
            return held == other
        case "!=":
            return held != other
        case "<":
            return held < other
        case "<=":
            return held <= other
        case ">":
            return held > other
        case _:
            return held >= other


def written(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return "[1, 2]"
        case _:
            return str(value)


def like(text: str, pattern: tree.Pattern, *, folds: bool) -> bool:
    if not pattern:
        return not text
    first, *rest = pattern
    if isinstance(first, str):
        begins = text[: len(first)].lower() == first.lower() if folds else text.startswith(first)
        return begins and like(text[len(first) :], tuple(rest), folds=folds)
    if not first.is_many:
        return bool(text) and like(text[1:], tuple(rest), folds=folds)
    return any(like(text[skipped:], tuple(rest), folds=folds) for skipped in range(len(text) + 1))


def ordered(keys: tuple[tree.Key, ...], runs: list[Plain], now: datetime) -> list[Plain]:
    """Sorted by the last key first: Python's sort keeps what is equal as it was."""
    found = sorted(runs, key=lambda one: one.run.id, reverse=keys[-1].is_descending if keys else True)
    for key in reversed(keys):
        there = [one for one in found if rank(key, one) is not None]
        missing = [one for one in found if rank(key, one) is None]
        found = sorted(there, key=lambda one, key=key: rank(key, one), reverse=key.is_descending) + missing
    return found


def rank(key: tree.Key, one: Plain) -> Any:
    values = held_by(key.field, one)
    if not values:
        return None
    value = values[0]
    if key.field.section is not Section.INPUT:
        return value
    if isinstance(value, int | float):
        return None if math.isnan(value) else (0, float(value), "")
    return (1, 0.0, written(value)[:128])


def names(store: Store, query: str, **where: Any) -> list[str]:
    return [item.name for item in store.search.page(query, **where).items]


@pytest.fixture
def secret(store: Store) -> Run:
    run = store.runs.create(store.projects.ensure("acme", "secret"), name="hidden")
    store.metrics.append(run.id, {"a": [Point(0, 0.0, 9.0)]})
    return run


PUBLIC = (Visibility.PUBLIC,)


def test_what_may_not_be_read_is_not_found(store: Store, project: Project, secret: Run) -> None:
    store.projects.describe(project, visibility=Visibility.PUBLIC)
    run = store.runs.create(project, name="shown")
    store.metrics.append(run.id, {"a": [Point(0, 0.0, 2.0)]})
    for query in ("", "metrics.a > 1", "order by metrics.a", "order by created", "not name = 'x'"):
        assert names(store, query, visible_to=PUBLIC) == ["shown"]
        assert set(names(store, query)) == {"shown", "hidden"}
        assert names(store, query, project=secret.project, visible_to=PUBLIC) == []
        assert names(store, query, project=secret.project) == ["hidden"]


def test_lineage_goes_over_versions_and_never_through_what_may_not_be_read(
    store: Store, project: Project, secret: Run, tmp_path: Any
) -> None:
    store.projects.describe(project, visibility=Visibility.PUBLIC)
    file = tmp_path / "file"
    versions = {}
    for number in ("1.0.0", "2.0.0", "2.1.0"):
        file.write_text(number)
        draft = Draft([("file", file)])
        versions[number] = store.registry.log(project, Noun.DATASET, "customers", draft, version=number).version
    trainer = store.runs.create(project, name="trainer")
    for run, number in ((trainer, "2.1.0"), (secret, "2.0.0")):
        used = Node(NodeKind.VERSION, versions[number].id)
        store.lineage.add(run.project.id, used, Node(NodeKind.RUN, run.id), relation="used")
    file.write_text("weights")
    model = store.registry.log(project, Noun.MODEL, "net", Draft([("file", file)]), run=trainer).version
    assert names(store, "from:datasets/customers@^2 order by name") == ["hidden", "trainer"]
    assert names(store, "from:datasets/customers", visible_to=PUBLIC) == ["trainer"]
    assert names(store, "from:datasets/customers@1.0.0") == []
    assert names(store, "from:acme/churn/datasets/customers@latest") == ["trainer"]
    assert names(store, "from:datasets/customers@^2", kind=Kind.MODELS) == ["net"]
    assert [item.id for item in store.search.page("from:runs/trainer", kind=Kind.VERSIONS).items] == [model.id]
    assert names(store, f"into:models/net@{model.number}") == ["trainer"]
    assert names(store, "into:models/net", kind=Kind.DATASETS) == ["customers"]
    with pytest.raises(QueryError, match="column 6: 'any/any/datasets' is not a reference"):
        names(store, "from:datasets")


def test_versions_are_found_by_precedence_stage_and_what_their_runs_have(
    store: Store, project: Project, run: Run, tmp_path: Any
) -> None:
    store.metrics.append(run.id, {"auc": [Point(0, 0.0, 0.9)]})
    file = tmp_path / "file"
    for number in ("1.9.0", "1.10.0-rc.1", "1.10.0"):
        file.write_text(number)
        made = store.registry.log(
            project, Noun.MODEL, "net", Draft([("file", file)]), version=number, run=run if number == "1.9.0" else None
        )
        if number == "1.10.0":
            store.promotions.alias(made.version, "champion")

    def found(query: str) -> list[str]:
        return [item.number for item in store.search.page(query, kind=Kind.VERSIONS).items]

    assert found("order by version") == ["1.9.0", "1.10.0-rc.1", "1.10.0"]
    assert found("version > 1.9.0 order by version desc") == ["1.10.0", "1.10.0-rc.1"]
    assert found("version between 1.10.0-alpha and 1.10.0-z") == ["1.10.0-rc.1"]
    assert found("alias:champion and noun = model and name = net") == ["1.10.0"]
    assert found("metrics.auc > 0.5") == ["1.9.0"]
    assert found("size >= 5 order by size desc, version") == ["1.10.0-rc.1", "1.10.0", "1.9.0"]
    assert names(store, "metrics.auc > 0.5 and alias = champion", kind=Kind.MODELS) == ["net"]


def test_reports_are_found(store: Store, project: Project) -> None:
    store.reports.publish(project, "q3", "# Q3", title="Third quarter")
    assert [item.name for item in store.search.page("title like 'Third%'", kind=Kind.REPORTS).items] == ["q3"]
    assert names(store, "noun = readme", kind=Kind.REPORTS) == []


def test_a_page_costs_the_same_number_of_queries(store: Store, runs: list[Plain], count_queries: Any) -> None:
    query = "not metrics.a is null order by metrics.a"
    with count_queries() as first:
        page = store.search.page(query, limit=2)
    with count_queries() as second:
        store.search.page(query, limit=2, after=page.after)
    assert len(second) <= len(first)


def test_a_cursor_of_something_else_is_refused(store: Store, runs: list[Plain]) -> None:
    by_name = store.search.page("order by name", limit=1).after
    for cursor in ("", "x", "é", "AAAA", "W10", "WyJ4IiwxXQ", by_name):
        with pytest.raises(CursorError):
            store.search.page("order by name desc", after=cursor, limit=1)


def test_a_search_that_takes_too_long_is_cut_off(store: Store, project: Project) -> None:
    values = {"project_id": project.id, "name": "x" * 200, "status": "running", "created_at": store.database.clock()}
    with store.database.writing() as transaction:
        transaction.connection.execute(insert(RunRow), [{**values, "uuid": f"u{number}"} for number in range(5000)])
    slow = " or ".join(f"name ilike '%{'%'.join('abcdefgh')}{number}%'" for number in range(90))
    with pytest.raises(SearchTooSlowError, match=r"took longer than 0\.001 s and was cut off"):
        Search(store.database, limit_s=0.001).page(slow)
    assert len(store.search.page("", limit=3).items) == 3
