"""`vitrina run …`"""

from __future__ import annotations


def test_it_lists_the_runs_of_a_project_newest_first(vitrina, store, shown, hidden) -> None:
    store.runs.create(shown.project, name="second")
    names = [one["name"] for one in vitrina("run", "list", "demo/tumours", "--json").json]
    assert names == ["second", "first"]


def test_without_a_project_it_lists_all(vitrina, shown, hidden) -> None:
    refs = [one["ref"] for one in vitrina("run", "list", "--json").json]
    assert refs == [hidden.run.ref, shown.run.ref]
    assert [one["ref"] for one in vitrina("run", "list", "--limit", "1", "--json").json] == [hidden.run.ref]


def test_it_keeps_those_with_a_tag(vitrina, store, shown) -> None:
    store.runs.create(shown.project, name="second")
    assert [one["name"] for one in vitrina("run", "list", "--tag", "baseline", "--json").json] == ["first"]


def test_it_shows_values_with_their_types(vitrina, shown) -> None:
    told = vitrina("run", "show", "demo/tumours/runs/first", "--json").json
    assert told["inputs"] == {"deep/er": "yes", "lr": 0.1}
    out = vitrina("run", "show", f"http://localhost:8400/{shown.run.ref}").out
    assert "inputs.lr" in out
