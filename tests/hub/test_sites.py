"""Where apps are, as somebody says it and as browsers see it."""

from __future__ import annotations

import pytest

from vitrina.hub.sites import OwnOrigins, SharedOrigin, Site, SiteError, origin_of, prefix_of, sites_of


@pytest.mark.parametrize(
    ("url", "sites"),
    [
        ("https://*.apps.example.org", OwnOrigins("https", "apps.example.org")),
        ("https://*.Apps.Example.org:443/", OwnOrigins("https", "apps.example.org")),
        ("https://*.apps.example.org:8443", OwnOrigins("https", "apps.example.org", 8443)),
        ("http://*.localhost:8401", OwnOrigins("http", "localhost", 8401)),
        ("http://localhost:8401", SharedOrigin("http://localhost:8401")),
        ("https://apps.example.org", SharedOrigin("https://apps.example.org")),
        ("http://[::1]:8401", SharedOrigin("http://[::1]:8401")),
    ],
)
def test_a_wildcard_gives_each_app_an_origin_and_a_name_one_to_all(url: str, sites: object) -> None:
    assert sites_of(url, option="--apps-url") == sites


@pytest.mark.parametrize(
    "url",
    [
        *("apps.example.org", "ftp://apps.example.org", "https://", "https://*", "https://*.*.org", "https://a*.org"),
        *("https://apps.example.org/path", "https://apps.example.org?x", "https://user@apps.example.org"),
        *("https://apps.example.org:port", "https://apps.example.org;script-src *", "https://*.", ""),
    ],
)
def test_what_is_no_address_is_refused_with_one_that_is(url: str) -> None:
    with pytest.raises(SiteError, match=r"--apps-url https://vitrina\.example\.org"):
        sites_of(url, option="--apps-url")


def test_the_portal_has_one_name() -> None:
    assert origin_of("HTTPS://Vitrina.Example.org/", option="--public-url") == "https://vitrina.example.org"
    with pytest.raises(SiteError, match="wildcard"):
        origin_of("https://*.example.org", option="--public-url")


def test_a_revision_has_an_origin_or_a_path(shown) -> None:
    app = shown.app
    own = OwnOrigins("https", "apps.example.org")
    assert own.of(app).root == f"https://{app.label}.apps.example.org/"
    assert own.source == "https://*.apps.example.org"
    assert prefix_of(app) == "/demo/tumours/classifier/1.0.0/what-if@1"
    below = SharedOrigin("http://localhost:8401").of(app)
    assert below.url("/page?x=1") == "http://localhost:8401/demo/tumours/classifier/1.0.0/what-if@1/page?x=1"


@pytest.mark.parametrize(
    ("site", "is_kept"),
    [
        (Site("https://a.apps.example.org"), True),
        (Site("https://apps.example.org", "/a"), True),
        (Site("http://a.localhost:8401"), True),
        (Site("http://localhost:8401", "/a"), False),
        (Site("http://a.apps.example.org"), False),
    ],
)
def test_browsers_keep_secure_cookies_over_https_and_at_names_of_this_machine(site: Site, is_kept: bool) -> None:
    assert site.keeps_secure_cookies is is_kept
