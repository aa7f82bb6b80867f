"""Apps of versions, their revisions and labels."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from vitrina.store.apps import AppDraft
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.labels import origin_label
from vitrina.store.opening import Store
from vitrina.store.records import Node, NodeKind, Project, Version
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.serving import Network, Serving, network_of


@pytest.fixture
def version(store: Store, project: Project, tmp_path: Path) -> Version:
    file = tmp_path / "model"
    file.write_text("model")
    return store.registry.log(project, Noun.MODEL, "classifier", Draft([("model", file)])).version


@pytest.fixture
def draft(tmp_path: Path) -> AppDraft:
    archive = tmp_path / "bundle.tar"
    archive.write_bytes(b"bundle")
    return AppDraft(archive, "a" * 64, "gradio", "what_if.py", ".", title="What if")


def test_an_app_is_found_by_name_label_and_revision(store: Store, version: Version, draft: AppDraft) -> None:
    app = store.apps.log(version, "what-if", draft)
    assert app.ref == "acme/churn/models/classifier@1.0.0/apps/what-if"
    assert store.apps.get(version, "WHAT-IF") == app
    assert store.apps.by_label(app.label) == app
    assert store.apps.by_revision(app.revision_id) == app
    assert store.apps.by_revisions([app.revision_id, 999]) == {app.revision_id: app}
    assert store.apps.by_label("no-such-0000000000") is None


def test_the_same_app_again_is_the_same_revision(store: Store, version: Version, draft: AppDraft) -> None:
    first = store.apps.log(version, "what-if", draft)
    assert store.apps.log(version, "what-if", draft) == first
    assert store.apps.log(version, "what-if", replace(draft, archive=b"bundle")) == first
    assert store.blobs.read(first.blob) == b"bundle"


def test_a_changed_app_is_a_new_revision_with_an_origin_of_its_own(
    store: Store, version: Version, draft: AppDraft
) -> None:
    first = store.apps.log(version, "what-if", draft)
    second = store.apps.log(version, "what-if", replace(draft, bundle="b" * 64))
    assert (second.revision, second.revisions) == (2, 2)
    assert second.label != first.label
    assert store.apps.get(version, "what-if").revision == 2
    assert store.apps.get(version, "what-if", revision=1).bundle == "a" * 64
    assert [app.revision for app in store.apps.revisions(second)] == [2, 1]
    with pytest.raises(NotFoundError, match="no revision 3 of the app 'what-if'"):
        store.apps.get(version, "what-if", revision=3)


def test_the_apps_of_a_project_are_listed_once_at_their_newest(
    store: Store, project: Project, version: Version, draft: AppDraft
) -> None:
    store.apps.log(version, "what-if", draft)
    store.apps.log(version, "what-if", replace(draft, bundle="b" * 64))
    store.apps.log(version, "explorer", replace(draft, framework="streamlit"))
    first = store.apps.list(project, limit=1)
    second = store.apps.list(project, after=first.after, limit=1)
    assert [(app.name, app.revision) for app in (*first.items, *second.items)] == [("explorer", 1), ("what-if", 2)]
    assert [app.name for app in store.apps.of_versions([version.id])[version.id]] == ["explorer", "what-if"]


def test_an_app_has_no_network_until_somebody_decides(store: Store, version: Version, draft: AppDraft) -> None:
    assert store.apps.log(version, "what-if", draft).serving.network is Network.NONE
    assert store.apps.log(version, "what-if", replace(draft, network=Network.FULL)).serving.network is Network.FULL
    assert store.apps.log(version, "what-if", replace(draft, bundle="b" * 64)).serving.network is Network.FULL
    assert store.apps.get(version, "what-if").serving.network is Network.FULL
    assert store.apps.log(version, "other", replace(draft, network=Network.LOOPBACK)).serving == Serving(
        network=Network.LOOPBACK
    )


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidError, match=r"'internet' is no network of an app\. It is one of: none, loopback, full"):
        network_of("internet")


def test_an_app_is_served_from_its_version_in_lineage(store: Store, version: Version, draft: AppDraft) -> None:
    app = store.apps.log(version, "what-if", draft)
    [edge] = store.lineage.around([Node(NodeKind.APP, app.id)])
    assert (edge.source.ref, edge.relation, edge.target.ref) == (version.ref, "serves", app.ref)


def test_a_name_that_is_none_is_refused(store: Store, version: Version, draft: AppDraft) -> None:
    with pytest.raises(InvalidError, match="'What if' cannot be the name of an app"):
        store.apps.log(version, "What if", draft)


@pytest.mark.parametrize(
    ("app", "number"), [("what-if", "1.0.0"), ("a" * 64, "1.0.0-rc.1+build.7"), ("x_y", "10.20.30")]
)
def test_a_label_is_one_part_of_a_host_name(app: str, number: str) -> None:
    label = origin_label(app, number, ref=f"o/p/models/m@{number}/apps/{app}", revision=1)
    assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", label)
    assert len(label) <= 63
    assert label != origin_label(app, number, ref=f"o/p/models/other@{number}/apps/{app}", revision=1)
    assert label != origin_label(app, number, ref=f"o/p/models/m@{number}/apps/{app}", revision=2)
