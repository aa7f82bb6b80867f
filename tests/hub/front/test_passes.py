"""The cookie of an app's origin."""

from __future__ import annotations

import pytest

from vitrina.hub.proxy.passes import COOKIE, LIFE, Pass, Passes


class Now:
    def __init__(self) -> None:
        self.seconds = 1e9

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def passes(now: Now) -> Passes:
    return Passes("secret", clock=now)


def header(passes: Passes, given: Pass) -> str:
    return passes.cookie(given).partition(";")[0]


@pytest.mark.parametrize("user_id", [None, 7])
def test_a_pass_says_who_and_where(passes: Passes, user_id: int | None) -> None:
    given = Pass(3, user_id)
    assert passes.read(header(passes, given), revision_id=3) == given
    assert passes.read(f"a=1; {header(passes, given)}; b=2", revision_id=3) == given


def test_it_is_host_only_partitioned_and_hidden_from_scripts(passes: Passes) -> None:
    name, *attributes = passes.cookie(Pass(3, None)).split("; ")
    assert name.startswith("__Host-vitrina-app=")
    assert set(attributes) == {"Max-Age=43200", "Path=/", "HttpOnly", "Secure", "SameSite=None", "Partitioned"}


def test_it_is_good_for_one_revision(passes: Passes) -> None:
    assert passes.read(header(passes, Pass(3, 7)), revision_id=4) is None


def test_it_ends(passes: Passes, now: Now) -> None:
    cookie = header(passes, Pass(3, None))
    now.seconds += LIFE.total_seconds() - 1
    assert passes.read(cookie, revision_id=3) is not None
    now.seconds += 1
    assert passes.read(cookie, revision_id=3) is None


def test_it_cannot_be_forged(passes: Passes, now: Now) -> None:
    cookie = header(passes, Pass(3, None))
    assert passes.read(header(Passes("other", clock=now), Pass(3, 7)), revision_id=3) is None
    payload, _, signature = cookie.rpartition(".")
    changed = header(passes, Pass(3, 7)).rpartition(".")[0]
    assert passes.read(f"{changed}.{signature}", revision_id=3) is None
    assert passes.read(payload, revision_id=3) is None


@pytest.mark.parametrize("value", ["", "x", "...", "W10.x", "\udcff", "a" * 10_000])
def test_garbage_is_no_pass(passes: Passes, value: str) -> None:
    assert passes.read(f"{COOKIE}={value}", revision_id=3) is None


def test_a_false_one_of_the_same_name_does_not_hide_the_true_one(passes: Passes) -> None:
    assert passes.read(f"{COOKIE}=false; {header(passes, Pass(3, 7))}", revision_id=3) == Pass(3, 7)
