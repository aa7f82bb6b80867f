"""The cookie of an app's origin."""

from __future__ import annotations

import pytest

from vitrina.hub.proxy.passes import COOKIE, LIFE, Pass, Passes, new_session
from vitrina.hub.sites import Site

OWN = Site("http://what-if-1-0-0-3f9c2a1b44.localhost:8401")
OWN_BY_HTTPS = Site("https://what-if-1-0-0-3f9c2a1b44.apps.example.org")
OWN_BY_HTTP = Site("http://what-if-1-0-0-3f9c2a1b44.apps.example.org")
PATH = "/acme/churn/classifier/1.0.0/what-if@2"
BELOW = Site("http://localhost:8401", PATH)
BELOW_BY_HTTPS = Site("https://apps.example.org", PATH)


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


def header(passes: Passes, given: Pass, site: Site = OWN) -> str:
    return passes.cookie(given, site).partition(";")[0]


@pytest.mark.parametrize("user_id", [None, 7])
def test_a_pass_says_who_and_where(passes: Passes, user_id: int | None) -> None:
    given = Pass(3, user_id, new_session())
    assert passes.read(header(passes, given), revision_id=3, site=OWN) == given
    assert passes.read(f"a=1; {header(passes, given)}; b=2", revision_id=3, site=OWN) == given


@pytest.mark.parametrize("site", [OWN, OWN_BY_HTTPS])
def test_it_is_host_only_partitioned_and_hidden_from_scripts(passes: Passes, site: Site) -> None:
    name, *attributes = passes.cookie(Pass(3, None), site).split("; ")
    assert name.startswith("__Host-vitrina-app=")
    assert set(attributes) == {"Max-Age=43200", "Path=/", "HttpOnly", "Secure", "SameSite=None", "Partitioned"}


def test_on_a_shared_origin_it_is_sent_to_its_app_only(passes: Passes) -> None:
    name, *attributes = passes.cookie(Pass(3, None), BELOW_BY_HTTPS).split("; ")
    assert name.startswith("__Secure-vitrina-app=")
    assert set(attributes) == {"Max-Age=43200", f"Path={PATH}", "HttpOnly", "Secure", "SameSite=None", "Partitioned"}


@pytest.mark.parametrize(("site", "path"), [(BELOW, PATH), (OWN_BY_HTTP, "/")])
def test_over_plain_http_it_is_one_that_browsers_keep(passes: Passes, site: Site, path: str) -> None:
    name, *attributes = passes.cookie(Pass(3, None), site).split("; ")
    assert name.startswith("vitrina-app=")
    assert set(attributes) == {"Max-Age=43200", f"Path={path}", "HttpOnly", "SameSite=Lax"}


def test_a_weaker_one_is_not_taken_where_a_stronger_is_given(passes: Passes) -> None:
    weak = header(passes, Pass(3, 7), BELOW)
    assert passes.read(weak, revision_id=3, site=BELOW) == Pass(3, 7)
    assert passes.read(weak, revision_id=3, site=OWN) is None


def test_a_pass_of_an_earlier_release_is_none(passes: Passes) -> None:
    former = Passes("secret", clock=lambda: 0)
    value = former._signer.dumps([3, 7, 10**10])
    assert passes.read(f"{COOKIE}={value}", revision_id=3, site=OWN) is None


def test_it_is_good_for_one_revision(passes: Passes) -> None:
    assert passes.read(header(passes, Pass(3, 7)), revision_id=4, site=OWN) is None


def test_it_ends(passes: Passes, now: Now) -> None:
    cookie = header(passes, Pass(3, None))
    now.seconds += LIFE.total_seconds() - 1
    assert passes.read(cookie, revision_id=3, site=OWN) is not None
    now.seconds += 1
    assert passes.read(cookie, revision_id=3, site=OWN) is None


def test_it_cannot_be_forged(passes: Passes, now: Now) -> None:
    cookie = header(passes, Pass(3, None))
    assert passes.read(header(Passes("other", clock=now), Pass(3, 7)), revision_id=3, site=OWN) is None
    payload, _, signature = cookie.rpartition(".")
    changed = header(passes, Pass(3, 7)).rpartition(".")[0]
    assert passes.read(f"{changed}.{signature}", revision_id=3, site=OWN) is None
    assert passes.read(payload, revision_id=3, site=OWN) is None


@pytest.mark.parametrize("value", ["", "x", "...", "W10.x", "\udcff", "a" * 10_000])
def test_garbage_is_no_pass(passes: Passes, value: str) -> None:
    assert passes.read(f"{COOKIE}={value}", revision_id=3, site=OWN) is None


def test_a_false_one_of_the_same_name_does_not_hide_the_true_one(passes: Passes) -> None:
    assert passes.read(f"{COOKIE}=false; {header(passes, Pass(3, 7))}", revision_id=3, site=OWN) == Pass(3, 7)
