"""Ranges of versions: npm's rules as a table, and the database's answer beside a plain walk through all versions."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from semantic_version import NpmSpec, Version
from sqlalchemy import insert

from vitrina.store.errors import NotFoundError
from vitrina.store.opening import Store
from vitrina.store.ranges import BadRangeError, Place, parse_range
from vitrina.store.records import Collection, Project
from vitrina.store.refs import Noun
from vitrina.store.registry import Draft
from vitrina.store.schema.registry import VersionRow
from vitrina.store.versions import place_of

NPM = """
# range                      | holds                                    | does not hold
# -- exact, with = and v
1.2.3                        | 1.2.3 1.2.3+build                        | 1.2.2 1.2.4 1.2.3-rc.1 2.0.0
=1.2.3                       | 1.2.3                                    | 1.2.4
v1.2.3                       | 1.2.3                                    | 1.2.4
=v1.2.3                      | 1.2.3                                    | 1.2.4
1.2.3+build                  | 1.2.3 1.2.3+other                        | 1.2.4
1.2.3-rc.1                   | 1.2.3-rc.1                               | 1.2.3 1.2.3-rc.2 1.2.3-rc
# -- primitive comparators
>1.2.3                       | 1.2.4 2.0.0                              | 1.2.3 1.2.4-rc.1 2.0.0-0
>=1.2.3                      | 1.2.3 1.2.4 10.0.0                       | 1.2.2 1.2.3-rc.1
<1.2.3                       | 1.2.2 0.0.0                              | 1.2.3 1.2.3-rc.1 1.2.2-rc.1
<=1.2.3                      | 1.2.3 1.2.2                              | 1.2.4 1.2.3-rc.1
>1                           | 2.0.0                                    | 1.0.0 1.9.9 2.0.0-rc.1
>1.2                         | 1.3.0                                    | 1.2.9 1.3.0-rc.1
>=1                          | 1.0.0 2.0.0                              | 0.9.9 1.0.0-rc.1
>=1.2                        | 1.2.0                                    | 1.1.9 1.2.0-rc.1
<1                           | 0.9.9                                    | 1.0.0 1.0.0-0
<2.0.0                       | 1.9.9                                    | 2.0.0 2.0.0-rc.1
<1.2                         | 1.1.9                                    | 1.2.0 1.2.0-alpha
<=1                          | 1.9.9 0.1.0                              | 2.0.0 2.0.0-alpha
<=1.2                        | 1.2.9                                    | 1.3.0
>= 1.2.3                     | 1.2.3                                    | 1.2.2
>=  1.2                      | 1.2.0                                    | 1.1.0
>=1.2.3 <2                   | 1.2.3 1.99.0                             | 1.2.2 2.0.0 2.0.0-rc.1
>1.2.3 <1.2.5                | 1.2.4                                    | 1.2.3 1.2.5
>1.2.3 <1.2.0                |                                          | 1.2.1 1.2.3
1.2.3 1.2.4                  |                                          | 1.2.3 1.2.4
# -- x-ranges
*                            | 0.0.0 1.2.3 99.0.0                       | 1.2.3-rc.1
x                            | 1.2.3                                    | 1.2.3-rc.1
X                            | 1.2.3                                    | 1.2.3-rc.1
>=*                          | 1.2.3                                    | 1.2.3-rc.1
<*                           |                                          | 0.0.0 1.2.3
>x                           |                                          | 0.0.0 1.2.3
1                            | 1.0.0 1.9.9                              | 0.9.9 2.0.0 1.0.0-rc.1 2.0.0-rc.1
1.x                          | 1.0.0 1.9.9                              | 2.0.0
1.X.x                        | 1.0.0 1.9.9                              | 2.0.0
1.2                          | 1.2.0 1.2.9                              | 1.1.9 1.3.0 1.3.0-0
1.2.x                        | 1.2.0 1.2.9                              | 1.3.0
1.2.*                        | 1.2.0 1.2.9                              | 1.3.0 1.2.1-rc.1
0.0                          | 0.0.0 0.0.9                              | 0.1.0
# -- tildes
~1.2.3                       | 1.2.3 1.2.9                              | 1.3.0 1.2.2 1.3.0-0
~1.2                         | 1.2.0 1.2.9                              | 1.3.0 1.1.9
~1.2.x                       | 1.2.0 1.2.9                              | 1.3.0
~1                           | 1.0.0 1.9.9                              | 2.0.0 0.9.9
~0.2.3                       | 0.2.3 0.2.9                              | 0.3.0
~0                           | 0.0.1 0.9.9                              | 1.0.0
~x                           | 0.0.0 3.0.0                              | 1.0.0-rc.1
~>1.2                        | 1.2.0                                    | 1.3.0
~ 1.2.3                      | 1.2.9                                    | 1.3.0
~1.2.3-beta.2                | 1.2.3-beta.2 1.2.3-beta.4 1.2.3 1.2.9    | 1.2.3-beta.1 1.2.4-beta.2 1.3.0
~1.2.0-rc.1                  | 1.2.0-rc.1 1.2.0 1.2.5                   | 1.2.0-beta 1.2.1-rc.1 1.3.0-rc.1
# -- carets
^1.2.3                       | 1.2.3 1.9.9                              | 1.2.2 2.0.0 2.0.0-0 1.3.0-rc.1
^1.2                         | 1.2.0 1.10.0                             | 1.1.9 2.0.0 1.11.0-rc.1
^1.x                         | 1.0.0 1.9.9                              | 2.0.0
^1                           | 1.0.0                                    | 0.9.9 2.0.0
^0.2.3                       | 0.2.3 0.2.9                              | 0.3.0 0.2.2
^0.0.3                       | 0.0.3                                    | 0.0.4 0.0.2
^0.0.x                       | 0.0.0 0.0.9                              | 0.1.0
^0.0                         | 0.0.0 0.0.9                              | 0.1.0
^0.1                         | 0.1.0 0.1.9                              | 0.2.0
^0.x                         | 0.0.0 0.9.9                              | 1.0.0
^0                           | 0.0.1 0.9.9                              | 1.0.0
^*                           | 0.0.0 3.0.0                              | 3.0.0-rc.1
^1.2.3-beta.2                | 1.2.3-beta.2 1.2.3-rc.1 1.2.3 1.9.9      | 1.2.3-beta.1 1.2.4-beta.2 2.0.0
^0.0.3-beta                  | 0.0.3-beta 0.0.3-pr.2 0.0.3              | 0.0.4 0.0.3-alpha
^2.0.0-0                     | 2.0.0-0 2.0.0-alpha 2.0.0 2.1.0          | 1.9.9 2.0.1-alpha
^1.2.3+build                 | 1.2.3 1.3.0                              | 1.2.2
# -- hyphens
1.2.3 - 2.3.4                | 1.2.3 2.3.4 2.0.0                        | 1.2.2 2.3.5 2.0.0-rc.1
1.2 - 2.3.4                  | 1.2.0 2.3.4                              | 1.1.9 2.3.5
1.2.3 - 2.3                  | 1.2.3 2.3.9                              | 2.4.0
1.2.3 - 2                    | 1.2.3 2.9.9                              | 3.0.0
1.2.3 - x                    | 1.2.3 9.0.0                              | 1.2.2
x - 1.2                      | 0.0.0 1.2.9                              | 1.3.0
1.2.3-rc.1 - 1.2.4           | 1.2.3-rc.1 1.2.3-rc.2 1.2.3 1.2.4        | 1.2.3-beta 1.2.4-rc.1
2 - 1                        |                                          | 1.0.0 2.0.0
# -- pre-releases of one patch only
>1.2.3-alpha.3               | 1.2.3-alpha.7 1.2.3 3.4.5                | 1.2.3-alpha.3 3.4.5-alpha.9
>=1.2.3-rc.1                 | 1.2.3-rc.1 1.2.3 2.0.0                   | 1.2.3-beta 1.2.4-rc.1
<1.2.3-rc.1                  | 1.2.3-beta 1.2.2 0.0.1                   | 1.2.3-rc.1 1.2.3 1.2.2-beta
<=1.2.3-rc.1                 | 1.2.3-rc.1 1.2.3-beta 1.2.2              | 1.2.3 1.2.3-rc.2
>=1.2.3-rc.1 <1.2.3          | 1.2.3-rc.1 1.2.3-rc.9                    | 1.2.3 1.2.3-beta
>=1.0.0-rc.1 <=1.2.0-rc.1    | 1.0.0-rc.2 1.1.0 1.2.0-beta              | 1.2.0 1.1.0-rc.1 1.0.0-beta
<0.0.0-b                     | 0.0.0-a                                  | 0.0.0 0.0.0-b
# -- alternatives
^1 || ^3                     | 1.5.0 3.0.0                              | 2.0.0 4.0.0
^1||^3                       | 1.5.0 3.0.0                              | 2.0.0
1.2.7 || >=1.2.9 <2          | 1.2.7 1.2.9 1.4.6                        | 1.2.8 2.0.0
1.0 - 1.2 || 3.x             | 1.1.0 3.9.0                              | 1.3.0 2.0.0
~1.2.0-rc.1 || 2             | 1.2.0-rc.2 2.4.0                         | 2.0.0-rc.1
^3 ||                        | 0.1.0 3.0.0                              | 3.0.0-rc.1
1.2.3-rc.1 || *              | 1.2.3 2.0.0                              | 1.2.3-rc.1
"""
"""The rules of node-semver's README, each held against node-semver 7.8.5 when it was written down."""

REFUSED = [
    "", "  ", "a", "1.2.3.4", "01.2.3", ">01.2.3", "1.2.3-01", "1.2.3beta", "1.2.3-", "^^1", "> = 1", "==1.2.3",
    "!1.2.3", "1 -2", "1 - 2 - 3", "1 - 2 <3", "<1.2.3 - 2", "1.x.3", "*.1", "1.2-beta", "1.2.3 ,2", "2147483648",
    "9" * 200, "||".join(["1"] * 40),
]  # fmt: skip
"""What npm takes in its loose mode only or not at all; and, ours alone, nothing, and numbers beyond 2^31 - 1."""


def _cases() -> list[tuple[str, list[str], list[str]]]:
    lines = [line for line in NPM.splitlines() if line and not line.startswith("#")]
    cells = [line.rsplit("|", 2) for line in lines]
    return [(text.strip(), holds.split(), lacks.split()) for text, holds, lacks in cells]


@pytest.mark.parametrize(("text", "holds", "lacks"), _cases())
def test_a_range_holds_what_npm_says(text: str, holds: list[str], lacks: list[str]) -> None:
    wanted = parse_range(text)
    assert [number for number in [*holds, *lacks] if place_of(number) in wanted] == holds


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(BadRangeError, match=r"is no range of versions\. Write \^1\.2"):
        parse_range(text)


small = st.integers(0, 3)
releases = st.builds("{}.{}.{}".format, small, small, small)
numbers = st.builds("{}{}".format, releases, st.sampled_from(["", "", "-0", "-alpha", "-rc.1", "-rc.2", "-rc.10"]))
partial = st.one_of(releases, st.builds("{}.{}".format, small, small), st.builds(str, small), st.just("x"))
plain = st.builds("{}{}".format, st.sampled_from(["", "^", "~", ">=", "<=", ">", "="]), partial)
named = st.builds("{}{}".format, st.sampled_from(["", "^", "~", ">=", "<=", ">", "<"]), numbers)
sets = st.lists(st.one_of(plain, named), min_size=1, max_size=3).map(" ".join)
ranges = st.lists(sets, min_size=1, max_size=3).map(" || ".join)


@given(
    plain.filter(lambda text: text[:-1] not in {"^", "~", "<=", ">"} or text[-1] != "x"),
    st.lists(releases, max_size=20),
)
def test_releases_are_chosen_as_the_library_chooses_them(text: str, there: list[str]) -> None:
    """It deviates from npm in pre-releases, and refuses ^x (see `vitrina.store.ranges`)."""
    wanted = parse_range(text)
    chosen = NpmSpec(text).select(Version(number) for number in there)
    mine = max((number for number in there if place_of(number) in wanted), key=place_of, default=None)
    assert (str(chosen) if chosen is not None else None) == mine


@pytest.fixture
def collection(store: Store, project: Project, tmp_path: Path) -> Collection:
    (tmp_path / "model").write_text("weights")
    draft = Draft([("model", tmp_path / "model")])
    return store.registry.log(project, Noun.MODEL, "m", draft, version="0.0.0-0").version.collection


def _fill(store: Store, collection: Collection, places: dict[str, Place]) -> None:
    """Rows of versions that hold nothing, which only their numbers matter of."""
    with store.database.writing() as transaction:
        rows = [
            {"number": number, "major": major, "minor": minor, "patch": patch, "pre_key": key}
            for number, (major, minor, patch, key) in places.items()
        ]
        shared = {
            "collection_id": collection.id,
            "content": "",
            "size": 0,
            "summary": {},
            "created_at": transaction.now,
        }
        transaction.connection.execute(insert(VersionRow), [row | shared for row in rows])


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.sets(numbers, min_size=2, max_size=25), st.lists(ranges, min_size=1, max_size=8))
def test_the_database_finds_the_highest_that_a_walk_would(
    store: Store, project: Project, tmp_path_factory: pytest.TempPathFactory, there: set[str], asked: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("model")
    (folder / "model").write_text("weights")
    name = f"m{abs(hash(folder.name)) % 10**9}"
    first = min(there, key=place_of)
    draft = Draft([("model", folder / "model")])
    collection = store.registry.log(project, Noun.MODEL, name, draft, version=first).version.collection
    _fill(store, collection, {number: place_of(number) for number in there if number != first})
    for text in asked:
        wanted = parse_range(text)
        expected = max((number for number in there if place_of(number) in wanted), key=place_of, default=None)
        assert _resolved(store, collection, text) == expected


def _resolved(store: Store, collection: Collection, text: str) -> str | None:
    try:
        return store.registry.resolve(collection, text).number
    except NotFoundError:
        return None


def test_a_range_is_asked_of_the_index(store: Store, collection: Collection, count_queries) -> None:
    """However many versions there are, the statements stay a few, and none brings all numbers."""
    places = {f"1.{minor}.{patch}": (1, minor, patch, "~") for minor in range(20) for patch in range(20)}
    _fill(store, collection, places)
    with count_queries() as statements:
        assert store.registry.resolve(collection, "^1.2").number == "1.19.19"
    assert len(statements) <= 4
    assert all("LIMIT" in one for one in statements if "ORDER BY versions" in one)
