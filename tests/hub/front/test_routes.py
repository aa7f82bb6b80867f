"""What addresses on the apps port mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vitrina.hub.proxy import routes
from vitrina.hub.proxy.routes import BelowPath, InWords, Nowhere, OfApp, OfPort, Routes
from vitrina.hub.settings import Settings
from vitrina.store.home import place
from vitrina.store.refs import parse_ref

SETTINGS = Settings(place())


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("what-if-1-0-0-3f9c2a1b44.localhost:8401", OfApp("what-if-1-0-0-3f9c2a1b44")),
        ("What-If-1.localhost", OfApp("what-if-1")),
        ("what-if-1.localhost:9999", OfApp("what-if-1")),  # a tunnel's port
        ("localhost:8401", OfPort()),
        ("127.0.0.1:8401", OfPort()),
        ("[::1]:8401", OfPort()),
        ("a.b.localhost:8401", Nowhere()),
        (".localhost:8401", Nowhere()),
        ("-a.localhost:8401", Nowhere()),
        ("what-if-1.localhost.", Nowhere()),
        ("evil.example:8401", Nowhere()),
        ("localhost.evil.example", Nowhere()),
        ("", Nowhere()),
    ],
)
def test_a_host_name_means_an_app_the_port_or_nothing(host: str, meant: routes.Place) -> None:
    assert Routes.of(SETTINGS).place(host, "/demo/tumours/classifier/1.0.0/what-if@1/") == meant


IN_A_COMPANY = replace(SETTINGS, public_url="https://vitrina.example.org", public_apps_url="https://*.apps.example.org")


@pytest.mark.parametrize(
    ("host", "meant"),
    [
        ("what-if-1-0-0-3f9c2a1b44.apps.example.org", OfApp("what-if-1-0-0-3f9c2a1b44")),
        ("apps.example.org", OfPort()),
        ("localhost:8401", OfPort()),
        ("vitrina.example.org", Nowhere()),
        ("what-if-1.localhost:8401", Nowhere()),
        ("a.b.apps.example.org", Nowhere()),
        ("evil-apps.example.org", Nowhere()),
    ],
)
def test_in_a_company_names_end_with_its_domain(host: str, meant: routes.Place) -> None:
    assert Routes.of(IN_A_COMPANY).place(host, "/") == meant


BELOW_PATHS = replace(SETTINGS, public_apps_url="http://localhost:8401")
WHAT_IF = "/demo/tumours/classifier/1.0.0/what-if"


@pytest.mark.parametrize(
    ("host", "path", "meant"),
    [
        ("localhost:8401", f"{WHAT_IF}@2/page?x=1", f"{WHAT_IF}@2"),
        ("127.0.0.1:8401", f"{WHAT_IF}@2/", f"{WHAT_IF}@2"),
        ("localhost:8401", f"{WHAT_IF}@2", None),  # a path without its slash would lead relative links astray
        ("localhost:8401", f"{WHAT_IF}/", None),  # the newest revision: the portal knows which that is
        ("localhost:8401", "/", None),
    ],
)
def test_on_a_shared_origin_the_path_names_the_app(host: str, path: str, meant: str | None) -> None:
    found = Routes.of(BELOW_PATHS).place(host, path)
    if meant is None:
        assert found == OfPort()
    else:
        assert isinstance(found, BelowPath)
        assert found.prefix == meant
        assert found.ref.app_revision == 2


def test_on_a_shared_origin_there_are_no_other_names() -> None:
    assert Routes.of(BELOW_PATHS).place("what-if-1.localhost:8401", f"{WHAT_IF}@2/") == Nowhere()


@pytest.mark.parametrize(
    ("path", "query", "ref", "to"),
    [
        ("/demo/tumours/classifier/1.0.0/what-if/", "", "demo/tumours/models/classifier@1.0.0/apps/what-if", "/"),
        ("/demo/tumours/classifier/1.0.0/what-if", "", "demo/tumours/models/classifier@1.0.0/apps/what-if", "/"),
        ("/demo/tumours/classifier/%5E1.2/what-if/", "", "demo/tumours/models/classifier@^1.2/apps/what-if", "/"),
        ("/demo/t/c/latest/a/p%2Fq/r", "x=1", "demo/t/models/c@latest/apps/a", "/p%2Fq/r?x=1"),
        ("/demo/t/c/1.0.0/a@2/", "", "demo/t/models/c@1.0.0/apps/a@2", "/"),
    ],
)
def test_a_path_names_an_app_in_words(path: str, query: str, ref: str, to: str) -> None:
    assert routes.in_words(path, query) == InWords(parse_ref(ref), to)


@pytest.mark.parametrize("path", ["/", "/demo", "/demo/t/c/1.0.0", "/demo/t/c//a", "//t/c/1/a", "/demo/t/c/1/a@x/"])
def test_other_paths_name_nothing(path: str) -> None:
    assert routes.in_words(path) is None


@pytest.mark.parametrize(
    ("to", "kept"),
    [
        ("/", "/"),
        ("/page?a=1&b=%20#c", "/page?a=1&b=%20%23c"),
        ("/a b/ä", "/a%20b/%C3%A4"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("/\n", "/"),
        ("https://evil.example/", "/"),
        ("page", "/"),
        ("", "/"),
        ("/-/vitrina/enter?ticket=x", "/"),
        ("/../other-app@1/", "/"),
        ("/a/%2e%2E/b", "/"),
        ("/a?b=/../c", "/a?b=/../c"),
    ],
)
def test_one_goes_on_to_a_path_of_the_same_origin_only(to: str, kept: str) -> None:
    assert routes.inside(to) == kept


def test_the_portal_may_be_seen_under_each_name_of_this_machine() -> None:
    assert routes.portal_origins(SETTINGS) == ("http://127.0.0.1:8400", "http://localhost:8400")
    assert routes.portal_origins(IN_A_COMPANY) == ("https://vitrina.example.org",)


def test_an_opening_keeps_the_place_inside_the_app() -> None:
    assert routes.with_place(routes.opening(SETTINGS, "a-1"), "/") == "http://localhost:8400/-/apps/a-1/open"
    words = routes.opening_in_words(SETTINGS, "demo/t/models/c@^1.2/apps/a")
    assert (
        routes.with_place(words, "/p?x=1") == "http://localhost:8400/demo/t/models/c@^1.2/apps/a/open?to=%2Fp%3Fx%3D1"
    )
