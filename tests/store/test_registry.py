"""Versions: numbered, immutable, found by selectors."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitrina.store.blobs import BlobDamagedError
from vitrina.store.errors import ConflictError, InvalidError, NotFoundError
from vitrina.store.opening import Store, open_store
from vitrina.store.records import Node, NodeKind, Project, Run, Version
from vitrina.store.refs import Noun
from vitrina.store.registry import ContentExistsError, Draft, VersionExistsError
from vitrina.store.versions import Bump, Stage, parse_version


@pytest.fixture
def draft(tmp_path: Path):
    """`draft("text")`: a model of one file with that text."""

    def make(text: str, *, signature: dict[str, object] | None = None, path: str = "model.txt") -> Draft:
        file = tmp_path / f"{abs(hash((text, path)))}.txt"
        file.write_text(text)
        return Draft([(path, file)], flavour="files", signature=signature)

    return make


def test_the_first_version_is_1_0_0_and_the_next_a_patch(store: Store, project: Project, draft) -> None:
    first = store.registry.log(project, Noun.MODEL, "classifier", draft("one"))
    second = store.registry.log(project, Noun.MODEL, "classifier", draft("two"))
    assert (first.version.number, second.version.number) == ("1.0.0", "1.0.1")
    assert first.version.ref == "acme/churn/models/classifier@1.0.0"


def test_a_bump_and_an_explicit_number_are_followed(store: Store, project: Project, draft) -> None:
    log = store.registry.log
    log(project, Noun.MODEL, "m", draft("one"))
    assert log(project, Noun.MODEL, "m", draft("two"), bump=Bump.MINOR).version.number == "1.1.0"
    assert log(project, Noun.MODEL, "m", draft("three"), bump=Bump.MAJOR).version.number == "2.0.0"
    assert log(project, Noun.MODEL, "m", draft("four"), version="7.0.0-rc.1").version.number == "7.0.0-rc.1"


def test_the_number_follows_what_became_of_the_signature(store: Store, project: Project, draft) -> None:
    age, grown = {"name": "age", "type": "int64"}, {"name": "age", "type": "double"}
    plan = {"name": "plan", "type": "string"}
    steps = [([age], "1.0.0"), ([age], "1.0.1"), ([age, plan], "1.1.0"), ([grown, plan], "2.0.0"), ([plan], "3.0.0")]
    for place, (inputs, number) in enumerate(steps):
        logged = store.registry.log(project, Noun.MODEL, "m", draft(f"{place}", signature={"inputs": inputs}))
        assert logged.version.number == number
    assert logged.version.summary["bump"] == {"asked": "major", "why": ["input 'age' was removed"]}
    assert _all(store, project, "m")[-2].summary.get("bump") is None


def test_what_was_asked_for_wins_over_the_signature_and_both_are_kept(store: Store, project: Project, draft) -> None:
    one, two = {"columns": [{"name": "age", "type": "double"}]}, {"columns": [{"name": "years", "type": "double"}]}
    first = store.registry.log(project, Noun.DATASET, "d", draft("one", signature=one), bump=Bump.MAJOR)
    second = store.registry.log(project, Noun.DATASET, "d", draft("two", signature=two), bump=Bump.PATCH)
    third = store.registry.log(project, Noun.DATASET, "d", draft("three", signature=two), bump=Bump.PATCH)
    fourth = store.registry.log(project, Noun.DATASET, "d", draft("four", signature=one), version="1.1.0")
    logged = (first, second, third, fourth)
    assert [each.version.number for each in logged] == ["1.0.0", "1.0.1", "1.0.2", "1.1.0"]
    asked = [each.found.bump if each.found else None for each in logged]
    assert asked == [None, Bump.MAJOR, Bump.PATCH, Bump.MAJOR]
    why = ["column 'age' was removed", "column 'years' was added"]
    assert [each.version.summary.get("bump") for each in logged] == [
        None,
        {"given": "patch", "asked": "major", "why": why},
        None,
        {"given": "minor", "asked": "major", "why": ["column 'years' was removed", "column 'age' was added"]},
    ]


def test_a_number_below_others_is_held_against_the_one_below_it(store: Store, project: Project, draft) -> None:
    old, new = {"columns": [{"name": "age", "type": "double"}]}, {"columns": [{"name": "years", "type": "double"}]}
    store.registry.log(project, Noun.DATASET, "d", draft("one", signature=old))
    store.registry.log(project, Noun.DATASET, "d", draft("two", signature=new))
    mended = store.registry.log(project, Noun.DATASET, "d", draft("three", signature=old), version="1.0.1")
    assert mended.found is not None
    assert (mended.found.bump, mended.given, mended.version.summary.get("bump")) == (Bump.PATCH, Bump.PATCH, None)
    after = store.registry.log(project, Noun.DATASET, "d", draft("four", signature=new))
    assert after.version.number == "2.0.1"


def test_identical_content_gives_the_version_that_exists(store: Store, project: Project, run: Run, draft) -> None:
    first = store.registry.log(project, Noun.MODEL, "m", draft("one"), run=run)
    again = store.runs.create(project, name="again")
    second = store.registry.log(project, Noun.MODEL, "m", draft("one"), run=again, bump=Bump.MAJOR)
    assert (first.is_new, second.is_new) == (True, False)
    assert second.version == first.version
    assert second.version.run_id == run.id
    edges = store.lineage.around([Node(NodeKind.VERSION, first.version.id)])
    assert [(edge.source.ref, edge.relation) for edge in edges] == [(run.ref, "made"), (again.ref, "reproduced")]


def test_the_name_of_a_file_is_content_too(store: Store, project: Project, draft) -> None:
    store.registry.log(project, Noun.MODEL, "m", draft("one"))
    assert store.registry.log(project, Noun.MODEL, "m", draft("one", path="other.txt")).is_new


def test_a_number_is_never_given_to_other_content(store: Store, project: Project, draft) -> None:
    store.registry.log(project, Noun.MODEL, "m", draft("one"))
    with pytest.raises(VersionExistsError, match=r"acme/churn/models/m@1.0.0 exists and has other content"):
        store.registry.log(project, Noun.MODEL, "m", draft("two"), version="1.0.0")
    assert [version.number for version in _all(store, project, "m")] == ["1.0.0"]


def test_content_is_never_given_a_second_number(store: Store, project: Project, draft) -> None:
    store.registry.log(project, Noun.MODEL, "m", draft("one"))
    with pytest.raises(ContentExistsError, match=r"exists already as acme/churn/models/m@1\.0\.0") as caught:
        store.registry.log(project, Noun.MODEL, "m", draft("one"), version="2.0.0")
    assert caught.value.ref == "acme/churn/models/m@1.0.0"


def test_a_wrong_number_stores_nothing(store: Store, project: Project, draft) -> None:
    with pytest.raises(InvalidError, match="'one' is not a semantic version"):
        store.registry.log(project, Noun.MODEL, "m", draft("one"), version="one")
    assert store.registry.collections(project, Noun.MODEL) == []


@pytest.mark.parametrize("path", ["/etc/passwd", "../up", "a/../../b", "a\\b", "a\nb", ""])
def test_a_path_that_leaves_the_folder_is_refused(store: Store, project: Project, draft, path: str) -> None:
    with pytest.raises(InvalidError, match="cannot be kept as the path of a file"):
        store.registry.log(project, Noun.MODEL, "m", draft("one", path=path))


def test_selectors_find_what_they_say(store: Store, project: Project, draft) -> None:
    made = {
        number: store.registry.log(project, Noun.MODEL, "m", draft(number), version=number).version
        for number in ("1.0.0", "1.2.0", "1.10.0", "2.0.0-rc.1", "1.9.9")
    }
    store.promotions.promote(made["1.2.0"], Stage.PRODUCTION)
    store.promotions.alias(made["1.9.9"], "champion")
    expected = {
        None: "1.10.0",
        "latest": "1.9.9",
        "1.0.0": "1.0.0",
        "^1.2": "1.10.0",
        "~1.2": "1.2.0",
        "production": "1.2.0",
        "champion": "1.9.9",
    }
    collection = made["1.0.0"].collection
    found = {selector: store.registry.resolve(collection, selector).number for selector in expected}
    assert found == expected


def test_a_selector_that_finds_nothing_names_what_there_is(store: Store, project: Project, draft) -> None:
    version = store.registry.log(project, Noun.MODEL, "m", draft("one")).version
    with pytest.raises(NotFoundError, match=r"no version acme/churn/models/m@\^2\. The highest there are: 1\.0\.0"):
        store.registry.resolve(version.collection, "^2")


def test_pull_writes_what_was_logged(store: Store, project: Project, draft, tmp_path: Path) -> None:
    version = store.registry.log(project, Noun.MODEL, "m", draft("hello", path="deep/model.txt")).version
    written = store.registry.pull(version, tmp_path / "out")
    assert [path.read_text() for path in written] == ["hello"]
    with pytest.raises(ConflictError, match="exists already"):
        store.registry.pull(version, tmp_path / "out")


def test_damage_is_found_on_reading(store: Store, project: Project, draft, tmp_path: Path) -> None:
    version = store.registry.log(project, Noun.MODEL, "m", draft("hello")).version
    [stored] = (tmp_path / "blobs").rglob("?" * 64)
    stored.write_text("jello")
    with pytest.raises(BlobDamagedError, match="is damaged"):
        store.registry.pull(version, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_two_writers_at_once_get_two_numbers_or_one_version(store: Store, project: Project, draft) -> None:
    drafts = [draft(f"content {number % 4}") for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        logged = list(pool.map(lambda d: store.registry.log(project, Noun.MODEL, "m", d), drafts))
    by_content = {one.version.content: one.version.number for one in logged}
    assert sorted(by_content.values()) == ["1.0.0", "1.0.1", "1.0.2", "1.0.3"]
    assert all(by_content[one.version.content] == one.version.number for one in logged)


def test_lists_ask_a_constant_number_of_queries(store: Store, project: Project, draft, count_queries) -> None:
    def asked() -> int:
        with count_queries() as statements:
            found = store.registry.versions([c.id for c in store.registry.collections(project, Noun.MODEL)])
        assert sum(map(len, found.values())) > 0
        return len(statements)

    store.registry.log(project, Noun.MODEL, "m", draft("one"))
    few = asked()
    for number in range(6):
        store.registry.log(project, Noun.MODEL, f"m{number}", draft(f"more {number}"))
    assert asked() == few


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([None, *Bump])), min_size=1, max_size=8))
def test_however_versions_are_logged_numbers_only_rise(tmp_path_factory, steps) -> None:
    folder = tmp_path_factory.mktemp("store")
    with open_store(home=folder) as store:
        project = store.projects.ensure("acme", "churn")
        numbers: dict[str, str] = {}
        for text, bump in steps:
            file = folder / "file"
            file.write_text(text)
            number = store.registry.log(project, Noun.MODEL, "m", Draft([("f", file)]), bump=bump).version.number
            assert numbers.setdefault(text, number) == number
        by_time = list(numbers.values())
        assert sorted(by_time, key=parse_version) == by_time
        assert len(set(by_time)) == len(by_time)


def _all(store: Store, project: Project, name: str) -> list[Version]:
    collection = store.registry.collection(project, Noun.MODEL, name)
    return store.registry.versions([collection.id])[collection.id]
