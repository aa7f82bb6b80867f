"""`vitrina lineage REF`"""

from __future__ import annotations


def test_it_goes_up_and_down(vitrina, shown) -> None:
    version = shown.version.ref
    edges = vitrina("lineage", version, "--json").json
    joined = {(edge["source"]["ref"], edge["relation"], edge["target"]["ref"]) for edge in edges}
    assert joined == {(shown.run.ref, "made", version), (version, "serves", shown.app.ref)}
    [up] = vitrina("lineage", version, "--up", "--json").json
    assert up["source"]["kind"] == "run"
    [down] = vitrina("lineage", version, "--down", "--json").json
    assert down["target"] == {"ref": shown.app.ref, "kind": "app", "url": f"/{shown.app.ref}"}


def test_it_prints_a_line_an_edge(vitrina, shown) -> None:
    lines = vitrina("lineage", shown.run.ref).out.splitlines()
    assert any(shown.run.ref in line and "made" in line and shown.version.ref in line for line in lines)
