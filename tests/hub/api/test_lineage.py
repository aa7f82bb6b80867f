"""`GET /api/v1/lineage`: what was made from what, as far as the reader may see."""

from __future__ import annotations

from fastapi.testclient import TestClient

from vitrina.store.records import Node, NodeKind

LINEAGE = "/api/v1/lineage"


def joined(answer: dict[str, list[dict[str, dict[str, str]]]]) -> list[tuple[str, object, str]]:
    return [(edge["source"]["ref"], edge["relation"], edge["target"]["ref"]) for edge in answer["items"]]


def test_it_answers_both_ways_or_one(visitor: TestClient, shown) -> None:
    ref = shown.version.ref
    made, serves = (shown.run.ref, "made", ref), (ref, "serves", shown.app.ref)
    both = visitor.get(LINEAGE, params={"ref": ref}).json()
    assert joined(both) == [made, serves]
    assert both["is_whole"]
    assert joined(visitor.get(LINEAGE, params={"ref": ref, "up": False}).json()) == [serves]
    assert joined(visitor.get(LINEAGE, params={"ref": ref, "down": False}).json()) == [made]
    assert joined(visitor.get(LINEAGE, params={"ref": shown.run.ref, "depth": 1}).json()) == [made]
    assert visitor.get(LINEAGE, params={"ref": ref, "depth": 0}).status_code == 422


def test_a_visitor_learns_nothing_of_private_things(
    visitor: TestClient, resident: TestClient, store, shown, hidden
) -> None:
    """Not that they exist, not what they are called, not that there is more behind them."""
    behind = store.runs.create(shown.project, name="behind")
    store.lineage.add(
        hidden.project.id, Node(NodeKind.VERSION, shown.version.id), Node(NodeKind.RUN, hidden.run.id), relation="used"
    )
    store.lineage.add(
        hidden.project.id, Node(NodeKind.VERSION, hidden.version.id), Node(NodeKind.RUN, behind.id), relation="used"
    )
    public = visitor.get(LINEAGE, params={"ref": shown.version.ref})
    assert "secret" not in public.text
    assert behind.ref not in public.text
    assert len(public.json()["items"]) == 2
    assert visitor.get(LINEAGE, params={"ref": behind.ref}).json()["items"] == []
    assert behind.ref in resident.get(LINEAGE, params={"ref": shown.version.ref}).text
    private, absent = (
        visitor.get(LINEAGE, params={"ref": f"acme/{name}/models/classifier"}) for name in ("secret", "absent")
    )
    assert private.status_code == absent.status_code == 404
    assert private.json()["detail"] == absent.json()["detail"].replace("absent", "secret")


def test_code_has_no_page_but_a_repository(visitor: TestClient, store, shown) -> None:
    sha = "abcdef12" * 5
    store.lineage.ran(shown.run, sha, remote="https://example.org/acme/churn")
    ref = f"demo/tumours/code/{sha}"
    edges = visitor.get(LINEAGE, params={"ref": ref, "up": False}).json()["items"]
    edge = next(one for one in edges if one["relation"] == "ran")
    assert edge["source"] == {"ref": ref, "kind": "code", "url": None, "remote": "https://example.org/acme/churn"}
    assert (edge["target"]["kind"], edge["target"]["remote"]) == ("run", None)
