"""Runs and versions side by side."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from vitrina.store.compare.code import MOST_LINES, code_change
from vitrina.store.compare.comparison import MOST_SIDES, Comparison, NothingToCompareError, compare
from vitrina.store.compare.figures import Aggregate, directions
from vitrina.store.compare.files import FileChange
from vitrina.store.compare.rows import MISSING, rows
from vitrina.store.compare.sides import Code
from vitrina.store.errors import InvalidError
from vitrina.store.measures import Better
from vitrina.store.opening import Store
from vitrina.store.records import Point, Project, Run, Version
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.runs import Io
from vitrina.store.versions import Stage

Log = Callable[..., Version]


@pytest.fixture
def log(store: Store, project: Project, tmp_path: Path) -> Log:
    """`log("weights", auc=0.9)`: a version of the model, made by a run of its own."""

    def make(content: str, *, auc: float = 0.5, extra: str | None = None, fields: str = "float64") -> Version:
        run = store.runs.create(project, name=content)
        store.runs.set_params(run, Io.INPUT, {"lr": auc / 10, "kind": "forest"})
        store.metrics.append(run.id, {"val_auc": [Point(0, 0.0, 0.1), Point(1, 1.0, auc)]})
        folder = tmp_path / content
        folder.mkdir()
        files = {"model.bin": content, "readme.txt": "the same"} | ({extra: "x"} if extra else {})
        for name, text in files.items():
            (folder / name).write_text(text)
        signature = {"inputs": [{"name": "age", "type": fields}]}
        draft = Draft([(name, folder / name) for name in files], flavour="files", signature=signature)
        return store.registry.log(project, Noun.MODEL, "classifier", draft, run=run).version

    return make


def compared(store: Store, *refs: str, by: Aggregate = Aggregate.LAST, **better: Better) -> Comparison:
    return compare(store, [store.find(ref) for ref in refs], by=by, better=better)


def test_two_versions_stand_side_by_side(store: Store, log: Log) -> None:
    one, two = log("one", auc=0.8), log("two", auc=0.9, extra="notes.md", fields="int64")
    found = compared(store, one.ref, two.ref)
    assert [side.ref for side in found.sides] == [one.ref, two.ref]
    (auc,) = found.metrics
    assert (auc.name, auc.better, auc.values, auc.differs, auc.best) == (
        "val_auc",
        Better.HIGHER,
        (0.8, 0.9),
        True,
        (1,),
    )
    assert [(row.name, row.values, row.differs) for row in found.params] == [
        ("kind", ("forest", "forest"), False),
        ("lr", (0.08, 0.09), True),
    ]
    assert [(row.name, row.values) for row in found.fields] == [("input age", ("float64", "int64"))]
    assert [(file.path, *file.changes) for file in found.files] == [
        ("model.bin", FileChange.CHANGED),
        ("notes.md", FileChange.ADDED),
        ("readme.txt", FileChange.SAME),
    ]
    assert [(file.path, *file.changes) for file in compared(store, two.ref, one.ref).files][1] == (
        "notes.md",
        FileChange.REMOVED,
    )


def test_a_version_alone_stands_beside_the_one_before_it_and_the_one_in_production(store: Store, log: Log) -> None:
    versions = [log(name) for name in ("one", "two", "three", "four")]
    store.promotions.promote(versions[0], Stage.PRODUCTION, reason="")
    found = compared(store, versions[2].ref)
    assert [(side.role, side.ref) for side in found.sides] == [
        ("former", versions[1].ref),
        ("production", versions[0].ref),
        ("this", versions[2].ref),
    ]
    assert [side.role for side in compared(store, versions[1].ref).sides] == ["production", "this"]


def test_what_stands_alone_is_told_so(store: Store, log: Log, run: Run) -> None:
    first = log("one")
    with pytest.raises(NothingToCompareError, match=r"classifier@1\.0\.0 with\. Give two or more"):
        compared(store, first.ref)
    with pytest.raises(NothingToCompareError):
        compared(store, run.ref)
    with pytest.raises(InvalidError, match="cannot be compared"):
        compared(store, "acme/churn", run.ref)
    with pytest.raises(InvalidError, match=f"Give at most {MOST_SIDES}"):
        compare(store, [store.find(run.ref)] * (MOST_SIDES + 1))


def test_a_run_beside_a_version_and_what_it_lacks(store: Store, log: Log, run: Run) -> None:
    store.runs.set_params(run, Io.INPUT, {"lr": None})
    store.runs.set_params(run, Io.OUTPUT, {"val_auc": 0.95, "verdict": "good", "big": 10**400})
    version = log("one", auc=0.9)
    found = compared(store, version.ref, run.ref)
    assert [(row.name, row.values) for row in found.params] == [("kind", ("forest", MISSING)), ("lr", (0.09, None))]
    assert {row.name: row.values for row in found.outputs} == {
        "verdict": (MISSING, "good"),
        "val_auc": (MISSING, 0.95),
        "big": (MISSING, 10**400),
    }
    (auc,) = found.metrics
    assert (auc.values, auc.best) == ((0.9, None), ())


@pytest.mark.parametrize(
    ("name", "values", "better", "best"),
    [
        ("val_loss", (0.3, 0.2), Better.LOWER, (1,)),
        ("rmse", (3.0, 3.0), Better.LOWER, ()),
        ("churned", (3.0, 4.0), Better.UNKNOWN, ()),
        ("f1", (math.nan, 0.5), Better.HIGHER, ()),
        ("accuracy", (0.5, math.nan, 0.7, 0.7), Better.HIGHER, (2, 3)),
    ],
)
def test_the_best_is_found_where_the_name_tells(
    store: Store, project: Project, name: str, values: tuple[float, ...], better: Better, best: tuple[int, ...]
) -> None:
    runs = [store.runs.create(project) for _ in values]
    for run, value in zip(runs, values, strict=True):
        store.metrics.append(run.id, {name: [Point(0, 0.0, value)]})
    (metric,) = compared(store, *(run.ref for run in runs)).metrics
    assert (metric.better, metric.best) == (better, best)


def test_the_direction_and_the_value_that_counts_can_be_said(store: Store, project: Project) -> None:
    runs = [store.runs.create(project) for _ in range(2)]
    for run, course in zip(runs, ([5.0, 1.0, 4.0], [4.0, 2.0, 3.0]), strict=True):
        store.metrics.append(run.id, {"churned": [Point(step, 0.0, value) for step, value in enumerate(course)]})
    things = [store.find(run.ref) for run in runs]
    best: dict[tuple[str, Aggregate], tuple[int, ...]] = {}
    for said, better in (
        ("higher", directions(higher=["churned"], lower=[])),
        ("lower", directions(higher=[], lower=["churned"])),
    ):
        for by in Aggregate:
            (metric,) = compare(store, things, by=by, better=better).metrics
            best[said, by] = metric.best
    assert best == {
        ("higher", Aggregate.LAST): (0,),
        ("higher", Aggregate.FIRST): (0,),
        ("higher", Aggregate.MIN): (1,),
        ("higher", Aggregate.MAX): (0,),
        ("lower", Aggregate.LAST): (1,),
        ("lower", Aggregate.FIRST): (1,),
        ("lower", Aggregate.MIN): (0,),
        ("lower", Aggregate.MAX): (1,),
    }


def test_outputs_that_are_numbers_are_figures_too(store: Store, project: Project) -> None:
    runs = [store.runs.create(project) for _ in range(2)]
    for run, score in zip(runs, (1, 2.5), strict=True):
        store.runs.set_params(run, Io.OUTPUT, {"score": score, "passed": True})
    found = compared(store, *(run.ref for run in runs))
    assert [(one.name, one.values, one.best) for one in found.metrics] == [("score", (1.0, 2.5), (1,))]
    assert [row.name for row in found.outputs] == ["passed"]


def test_values_are_the_same_or_not() -> None:
    same: list[tuple[object, object]] = [(1, 1.0), (math.nan, math.nan), ([1, {"a": 2}], [1, {"a": 2}]), (None, None)]
    other: list[tuple[object, object]] = [(1, True), (0, False), (1, "1"), (None, ""), (math.nan, None), ([1], [2])]
    for expected, pairs in ((False, same), (True, other)):
        for left, right in pairs:
            assert rows([{"x": left}, {"x": right}])[0].differs is expected, (left, right)
    assert rows([{"x": None}, {}])[0].differs


def test_the_environment_is_that_of_the_version_else_of_its_run(store: Store, log: Log) -> None:
    one, two = log("one"), log("two")
    for version, release in ((one, "2.0"), (two, "2.1")):
        assert version.run_id is not None
        run = store.runs.get(version.run_id)
        store.runs.describe(run, meta={"environment": {"python": "3.11.9", "cpus": 2}})
        packages = f"NumPy=={release}\npandas==3.0\nbroken line\n".encode()
        store.objects.add(
            run, kind="text", section="texts", name="packages", payload=packages, media_type="text/plain", summary={}
        )
    found = compared(store, one.ref, two.ref)
    assert [(row.name, row.values, row.differs) for row in found.environment] == [
        ("cpus", ("2", "2"), False),
        ("numpy", ("2.0", "2.1"), True),
        ("pandas", ("3.0", "3.0"), False),
        ("python", ("3.11.9", "3.11.9"), False),
    ]


A, B = "a" * 40, "b" * 40


@pytest.mark.parametrize(
    ("before", "after", "is_same", "said", "command"),
    [
        (Code(A), Code(A), True, "nothing uncommitted", ""),
        (Code(A), Code(B), False, "Commit aaaaaaaaaa, then bbbbbbbbbb.", "git diff aaaaaaaaaa..bbbbbbbbbb"),
        (Code(A, is_dirty=True), Code(B), False, "aaaaaaaaaa with uncommitted", "git diff aaaaaaaaaa..bbbbbbbbbb"),
        (Code(A, is_dirty=True), Code(A), None, "that were not kept", ""),
        (Code(A, is_dirty=True, changes="+x"), Code(A), False, "other uncommitted changes", ""),
        (Code(A, is_dirty=True, changes="+x"), Code(A, is_dirty=True, changes="+x"), True, "the same uncommitted", ""),
        (Code(A), Code(), None, "Not known", ""),
        (Code(script="x = 1"), Code(script="x = 1"), True, "The same script", ""),
        (Code(script="x = 1"), Code(script="x = 2"), False, "Another script", ""),
    ],
)  # fmt: skip
def test_the_code_is_told_apart_as_far_as_it_was_kept(
    before: Code, after: Code, is_same: bool | None, said: str, command: str
) -> None:
    change = code_change(before, after)
    assert (change.is_same, change.command) == (is_same, command)
    assert said in change.said


def test_kept_scripts_and_patches_are_shown_as_a_diff() -> None:
    before = Code(A, entry="train.py", script="lr = 1\nfit()\n")
    after = Code(A, entry="train.py", script="lr = 2\nfit()\n", is_dirty=True, changes="--- train.py\n+lr = 2\n")
    lines = code_change(before, after).lines
    assert [line for line in lines if line[:1] in "+-"] == [
        "--- train.py",
        "+++ train.py",
        "-lr = 1",
        "+lr = 2",
        "--- uncommitted changes",
        "+++ uncommitted changes",
        "+--- train.py",
        "++lr = 2",
    ]
    long = code_change(Code(script=""), Code(script="x\n" * 3 * MOST_LINES)).lines
    assert len(long) == MOST_LINES + 1
    assert long[-1].endswith("more lines")


def test_many_sides_cost_as_many_queries_as_two(store: Store, project: Project, count_queries) -> None:
    runs = [store.runs.create(project) for _ in range(8)]
    counts: list[int] = []
    for several in (runs[:2], runs):
        things = [store.find(run.ref) for run in several]
        with count_queries() as statements:
            compare(store, things)
        counts.append(len(statements))
    assert counts[0] == counts[1]
