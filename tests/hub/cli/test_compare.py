"""`vitrina compare REF REF…`"""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.store.records import Point
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.runs import Io
from vitrina.store.versions import Stage


@pytest.fixture
def second(store, shown, tmp_path: Path):
    """A second version, better than the first in what counts; the first is in production."""
    run = store.runs.create(shown.project, name="second")
    store.runs.set_params(run, Io.INPUT, {"lr": 0.2, "deep": {"er": "yes"}, "title\x1b[31m": "red\x1b[0m"})
    for one, auc, loss in ((shown.run, 0.9, 0.31), (run, 0.95, 0.4)):
        store.metrics.append(one.id, {"test/auc": [Point(0, 0.0, auc)], "test/loss": [Point(0, 0.0, loss)]})
    store.lineage.ran(run, "a" * 40)
    store.runs.describe(shown.run, meta={"code": {"commit": "a" * 40, "is_dirty": False}})
    store.runs.describe(run, meta={"code": {"commit": "b" * 40, "is_dirty": False}})
    (tmp_path / "second.txt").write_text("other weights")
    draft = Draft([("model.txt", tmp_path / "second.txt")])
    store.promotions.promote(shown.version, Stage.PRODUCTION, reason="")
    return store.registry.log(shown.project, Noun.MODEL, "classifier", draft, run=run).version


def test_differences_and_the_best_are_marked_within_80_columns(vitrina, shown, second) -> None:
    lines = vitrina("compare", second.ref).out.splitlines()
    assert lines == [
        f"A  {shown.version.ref}  (first, production)",
        f"B  {second.ref}  (second, this)",
        "",
        "≠ differs   * best   ↑ higher is better   ↓ lower is better",
        "",
        "metrics             A       B",
        "≠ ↑ test/auc   0.900   0.950*",
        "≠ ↓ test/loss  0.310*  0.400",
        "",
        "params          A        B",
        "≠ lr          0.1      0.2",
        "≠ title�[31m    –  red�[0m",
        "  1 more is the same: --all",
        "",
        "files            A        B",
        "≠ model.txt  there  changed",
        "",
        "code",
        "≠ A to B: Commit aaaaaaaaaa, then bbbbbbbbbb.",
        "    git diff aaaaaaaaaa..bbbbbbbbbb",
    ]


def test_it_fits_the_width_with_many_sides(vitrina, store, shown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    runs = [shown.run, *(store.runs.create(shown.project, name=f"run {number}") for number in range(11))]
    for number, run in enumerate(runs):
        store.runs.set_params(run, Io.INPUT, {"a param with a rather long name": f"value {number} " * 9})
    lines = vitrina("compare", *(run.ref for run in runs), "--all").out.splitlines()
    assert max(map(len, lines)) <= 80
    for place in range(12):
        assert any(line.startswith("params") and chr(ord("A") + place) in line for line in lines)


def test_it_gives_json(vitrina, shown, second) -> None:
    told = vitrina("compare", shown.run.ref, second.ref, "--json").json
    assert [(side["ref"], side["kind"], side["url"]) for side in told["sides"]] == [
        (shown.run.ref, "run", f"/{shown.run.ref}"),
        (second.ref, "model", f"/{second.ref}"),
    ]
    auc, loss = told["metrics"]
    assert (auc["name"], auc["better"], auc["values"], auc["best"]) == ("test/auc", "higher", [0.9, 0.95], [1])
    assert (loss["better"], loss["best"], loss["series"][1]["min"]) == ("lower", [0], 0.4)
    assert told["files"][0]["changes"] == ["added"]
    assert told["code"][0]["command"] == "git diff aaaaaaaaaa..bbbbbbbbbb"


def test_the_direction_can_be_said(vitrina, shown, second) -> None:
    told = vitrina("compare", second.ref, "--lower", "test/auc", "--by", "max", "--json").json
    assert told["metrics"][0]["best"] == [0]


@pytest.mark.parametrize(
    "words", [(), ("--importance", "auc"), ("--by", "mean", "a/b"), ("a/b", "--importance", "x", "--project", "a/b")]
)
def test_wrong_usage_ends_with_2(vitrina, words: tuple[str, ...]) -> None:
    assert vitrina("compare", *words).code == 2


def test_one_thing_alone_is_told_what_to_give(vitrina, shown) -> None:
    said = vitrina("compare", shown.run.ref)
    assert said.code == 1
    assert "Give two or more references" in said.err


def test_the_importance_of_params_is_drawn(vitrina, store, shown) -> None:
    assert "Only 0 of the runs" in vitrina("compare", "--importance", "auc", "--project", "demo/tumours").err
    runs = [store.runs.create(shown.project) for _ in range(24)]
    for number, run in enumerate(runs):
        store.runs.set_params(run, Io.INPUT, {"depth": number % 8, "kind": "ab"[number % 3 == 0], "size": 3})
        store.metrics.append(run.id, {"auc": [Point(0, 0.0, (number % 8) / 10)]})
    lines = vitrina("compare", "--importance", "auc", "--project", "demo/tumours").out.splitlines()
    assert lines[0] == "auc over 24 runs"
    assert lines[2].startswith("depth  ████████████████")
    assert lines[2].endswith("rises with it (r 1.00)")
    assert lines[-1] == "The same in all runs: size."
    told = vitrina("compare", *(run.ref for run in runs[:12]), "--importance", "auc", "--json").json
    assert (told["runs"], told["params"][0]["name"]) == (12, "depth")
