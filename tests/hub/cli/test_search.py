"""`vitrina search QUERY`"""

from __future__ import annotations

from vitrina.store.records import Point


def test_it_finds_runs_with_the_values_that_were_asked_for(vitrina, store, shown, hidden) -> None:
    store.metrics.append(shown.run.id, {"auc": [Point(1, 0.0, 0.5), Point(2, 1.0, 0.93)]})
    query = "metrics.auc > 0.9 and params.lr = 0.1 and tag:baseline order by metrics.auc desc"
    [found] = vitrina("search", query, "--json").json
    assert (found["ref"], found["kind"], found["url"]) == (shown.run.ref, "run", f"/{shown.run.ref}")
    assert found["values"] == {"metrics.auc": 0.93, "params.lr": 0.1}
    headings, row = vitrina("search", query).out.splitlines()
    assert headings.split() == ["RUN", "NAME", "metrics.auc", "params.lr", "CREATED"]
    assert row.split()[:4] == [shown.run.ref, "first", "0.93", "0.1"]


def test_it_searches_other_kinds_and_one_project(vitrina, shown, hidden) -> None:
    assert len(vitrina("search", "", "--kind", "models", "--json").json) == 2
    [version] = vitrina("search", "name = classifier", "--kind", "versions", "--project", "acme/secret", "--json").json
    assert version["ref"] == hidden.version.ref
    assert len(vitrina("search", "", "--limit", "1", "--json").json) == 1
    assert vitrina("search", "name = 'none'").out.strip() == "Nothing meets this."


def test_a_mistake_is_one_line_with_its_column(vitrina) -> None:
    failed = vitrina("search", "metrcs.auc > 0.9")
    assert failed.code == 1
    assert failed.err.strip() == "vitrina: column 1: there is no field metrcs.auc; did you mean metrics.auc?"
