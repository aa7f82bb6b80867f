"""From references to things, and what is not there for a reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.store.errors import NotFoundError
from vitrina.store.names import BadNameError, ReservedNameError
from vitrina.store.opening import Store
from vitrina.store.projects import Projects
from vitrina.store.records import Collection, Project, Report, Run, Subject, Version, Visibility
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft


@pytest.fixture
def version(store: Store, project: Project, run: Run, tmp_path: Path) -> Version:
    file = tmp_path / "model"
    file.write_text("model")
    return store.registry.log(project, Noun.MODEL, "m", Draft([("model", file)]), run=run).version


def test_each_form_finds_its_thing(store: Store, project: Project, run: Run, version: Version) -> None:
    store.reports.publish(project, "q3", "# Q3")
    store.reports.publish_readme(project, Subject.COLLECTION, version.collection.id, "# Model")
    kinds = {
        "acme/churn": Project,
        f"acme/churn/runs/{run.uuid[:8]}": Run,
        "acme/churn/models/m": Collection,
        "acme/churn/models/m@^1": Version,
        "acme/churn/reports/q3": Report,
        "acme/churn/models/m/readme": Report,
    }
    assert {ref: type(store.find(ref).thing) for ref in kinds} == kinds


def test_the_charts_of_a_version_are_those_of_its_run(store: Store, run: Run, version: Version) -> None:
    assert store.find("acme/churn/models/m@1.0.0").run_id == run.id
    assert store.find("acme/churn/models/m").run_id == run.id


def test_what_may_not_be_read_is_not_there_in_the_same_words(store: Store, project: Project) -> None:
    with pytest.raises(NotFoundError) as hidden:
        store.find("acme/churn", may_read=lambda _: False)
    with pytest.raises(NotFoundError) as absent:
        store.find("acme/nothing")
    assert str(hidden.value).replace("churn", "nothing") == str(absent.value)


@pytest.mark.parametrize(
    "ref",
    ["acme/churn/models/none", "acme/churn/models/m@2.0.0", "acme/churn/models/m@1.0.0/apps/none", "acme/churn/readme"],
)
def test_what_is_missing_is_named(store: Store, version: Version, ref: str) -> None:
    with pytest.raises(NotFoundError, match="There is no "):
        store.find(ref)


def test_a_collection_without_release_is_found_without_version(store: Store, project: Project, tmp_path: Path) -> None:
    file = tmp_path / "model"
    file.write_text("model")
    store.registry.log(project, Noun.MODEL, "m", Draft([("model", file)]), version="1.0.0-rc.1")
    assert store.find("acme/churn/models/m").version is None
    assert store.find("acme/churn/models/m@latest").version is not None


def test_a_project_is_private_until_it_is_said_otherwise(store: Store, project: Project) -> None:
    public = store.projects.ensure("acme", "open")
    store.projects.describe(public, visibility=Visibility.PUBLIC, title="Open")
    assert project.visibility is Visibility.PRIVATE
    assert [found.ref for found in store.projects.list(visible_to=[Visibility.PUBLIC])] == ["acme/open"]
    assert {found.ref for found in store.projects.list()} == {"acme/open", "acme/churn"}


def test_names_fold_and_reserved_ones_are_refused(store: Store, project: Project) -> None:
    assert store.projects.ensure("ACME", "Churn") == project
    with pytest.raises(ReservedNameError, match="No owner can be called 'api'"):
        store.projects.ensure("api", "churn")
    with pytest.raises(BadNameError, match="'my churn' cannot be the name of a project"):
        store.projects.ensure("acme", "my churn")


def test_counts_of_many_projects_are_one_query(store: Store, project: Project, version: Version, count_queries) -> None:
    other = store.projects.ensure("acme", "other")
    with count_queries() as statements:
        counts = Projects(store.database, None).counts([project.id, other.id])
    nothing = dict.fromkeys(("runs", "models", "datasets", "artifacts", "apps", "reports"), 0)
    assert counts == {project.id: {**nothing, "runs": 1, "models": 1}, other.id: nothing}
    assert len([text for text in statements if text.startswith("SELECT")]) == 1
