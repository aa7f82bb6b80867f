"""Semantic versions: order, next number, selectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from semantic_version import Version

from vitrina.store.errors import InvalidError
from vitrina.store.versions import (
    BadAliasError,
    BadVersionError,
    Bump,
    Wanted,
    alias_name,
    bump_between,
    highest_bump,
    is_lower,
    next_version,
    parse_version,
    place_of,
    wanted,
)

PRECEDENCE = [
    "0.0.0-0",
    "0.0.0",
    "0.9.0",
    "1.0.0-0",
    "1.0.0-9",
    "1.0.0-10",
    "1.0.0-0a",
    "1.0.0-A",
    "1.0.0-a",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.1.0",
    "1.0.0-alpha.beta",
    "1.0.0-alpha-1",
    "1.0.0-alpha0",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1-rc.1",
    "1.9.0",
    "1.10.0",
    "1.11.0",
    "2.0.0",
    "2.1.0",
    "2.1.1",
    "10.0.0",
]
"""The examples of semver.org, section 11, and what its rules say of their neighbours."""


def test_columns_sort_as_semver_org_says() -> None:
    places = [place_of(number) for number in PRECEDENCE]
    assert sorted(places) == places
    assert len(set(places)) == len(places)


def test_build_metadata_has_no_part_in_the_order() -> None:
    assert place_of("1.0.0+one") == place_of("1.0.0+two") == place_of("1.0.0")


identifiers = st.from_regex(r"0|[1-9][0-9]{0,8}|[0-9A-Za-z-]*[A-Za-z-][0-9A-Za-z-]*", fullmatch=True).filter(
    lambda text: len(text) < 12
)
versions = st.builds(
    lambda release, pre: ".".join(map(str, release)) + ("-" + ".".join(pre) if pre else ""),
    st.tuples(*[st.integers(0, 2**31 - 1)] * 3),
    st.lists(identifiers, max_size=3),
)


@given(versions, versions)
def test_columns_compare_as_the_library_does(one: str, other: str) -> None:
    assert (place_of(one) < place_of(other)) == (Version(one) < Version(other))


@pytest.mark.parametrize("text", ["", "1", "1.0", "v1.0.0", "1.0.0.0", "01.0.0", "1.0.0-", "latest", "2147483648.0.0"])
def test_it_refuses_what_is_no_version(text: str) -> None:
    with pytest.raises(BadVersionError, match=r"is not a semantic version\. Write it like"):
        parse_version(text)


@pytest.mark.parametrize(
    ("highest", "bump", "expected"),
    [
        ("1.0.0", Bump.PATCH, "1.0.1"),
        ("1.10.0", Bump.MINOR, "1.11.0"),
        ("1.10.3", Bump.MAJOR, "2.0.0"),
        ("2.0.0-rc.1", Bump.MAJOR, "2.0.0"),
        ("2.0.0-rc.1", Bump.PATCH, "2.0.0"),
        ("2.1.1-rc.1", Bump.MINOR, "2.2.0"),
        ("1.0.0+build", Bump.PATCH, "1.0.1"),
    ],
)
def test_the_next_version_follows_the_highest(highest: str, bump: Bump, expected: str) -> None:
    assert next_version(highest, bump) == expected


@pytest.mark.parametrize(
    ("below", "number", "bump"),
    [
        ("1.2.3", "1.2.4", "patch"),
        ("1.2.3", "1.3.0", "minor"),
        ("1.2.3", "3.0.0", "major"),
        ("1.0.0-a", "1.0.0", "patch"),
    ],
)
def test_a_step_between_numbers_is_a_bump(below: str, number: str, bump: str) -> None:
    assert bump_between(below, number) is Bump(bump)


def test_bumps_are_in_order() -> None:
    assert highest_bump([Bump.MINOR, Bump.MAJOR, Bump.PATCH]) is Bump.MAJOR
    assert highest_bump([]) is Bump.PATCH
    assert [is_lower(bump, Bump.MINOR) for bump in Bump] == [True, False, False]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (None, Wanted.NEWEST),
        ("latest", Wanted.LATEST),
        ("1.2.3", Wanted.EXACT),
        ("1.2.3-rc.1", Wanted.EXACT),
        ("production", Wanted.STAGE),
        ("champion", Wanted.ALIAS),
        ("^1.2", Wanted.RANGE),
        ("1.2", Wanted.RANGE),
        (">=1.0.0 <2.0.0", Wanted.RANGE),
        ("x", Wanted.RANGE),
    ],
)
def test_selectors_are_told_apart(selector: str | None, expected: Wanted) -> None:
    assert wanted(selector) is expected


@pytest.mark.parametrize("selector", ["Champion", "no such", "^^1", ""])
def test_a_selector_that_is_nothing_is_refused(selector: str) -> None:
    with pytest.raises(InvalidError, match="is no version, range, alias or stage"):
        wanted(selector)


@pytest.mark.parametrize("text", ["latest", "production", "1.0.0", "x", "Best", "", "-a"])
def test_what_means_something_else_is_no_alias(text: str) -> None:
    with pytest.raises(BadAliasError):
        alias_name(text)
