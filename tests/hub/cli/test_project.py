"""`vitrina project …`"""

from __future__ import annotations


def test_it_lists_projects(vitrina, shown, hidden) -> None:
    assert {one["ref"] for one in vitrina("project", "list", "--json").json} == {"demo/tumours", "acme/secret"}
    out = vitrina("project", "list").out
    assert "demo/tumours" in out
    assert "private" in out


def test_an_empty_store_says_so(vitrina) -> None:
    assert vitrina("project", "list").out == "There is no project yet.\n"
    assert vitrina("project", "list", "--json").json == []


def test_it_shows_how_much_is_in_a_project(vitrina, shown) -> None:
    told = vitrina("project", "show", "demo/tumours", "--json").json
    assert told["counts"] == {"runs": 1, "models": 1, "datasets": 0, "artifacts": 0, "apps": 1, "reports": 0}
    assert (told["ref"], told["kind"], told["url"]) == ("demo/tumours", "project", "/demo/tumours")


def test_it_changes_who_sees_a_project(vitrina, store, hidden) -> None:
    assert vitrina("project", "visibility", "acme/secret", "public", "--json").json["visibility"] == "public"
    assert store.projects.get("acme", "secret").visibility == "public"


def test_it_describes_a_project(vitrina, store, shown) -> None:
    assert vitrina("project", "describe", "demo/tumours", "--title", "Tumours").code == 0
    assert store.projects.get("demo", "tumours").title == "Tumours"
