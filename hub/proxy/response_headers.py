"""Which headers of an app's answer the browser sees, and which the front adds. Pure.

Nothing with which an app could reach beyond its place, and the policy that keeps its pages from asking other hosts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from multidict import CIMultiDict

from vitrina.hub.proxy.headers import HOP_BY_HOP, OUR_COOKIES, named_in_connection, text

if TYPE_CHECKING:
    from multidict import CIMultiDictProxy

    from vitrina.hub.sites import Site

REACHING_BEYOND = frozenset(
    {
        *("alt-svc", "clear-site-data"),  # they act on more than the origin
        *("nel", "report-to", "reporting-endpoints", "content-security-policy-report-only"),  # they send to other hosts
        *("x-frame-options", "x-content-type-options", "referrer-policy"),  # said by the front
        "service-worker-allowed",  # a worker sees to no more than its own folder
    }
)

REACHING_BEYOND_STARTS = (
    "access-control-",  # Gradio allows any origin, with cookies
    "x-vitrina-",  # said by the front only
    "x-accel-",  # an nginx before the front would obey it, and look for a file or another app
)


def to_browser(given: CIMultiDictProxy[str], *, policy: str, prefix: str = "") -> CIMultiDict[str]:
    """The headers of an app's answer as the browser sees them; `policy` is added to one that the app has itself.

    `prefix` is the app's path where it shares an origin: its cookies are kept below it.
    """
    named = named_in_connection(given.getall("Connection", ()))
    passed: CIMultiDict[str] = CIMultiDict()
    for name, value in given.items():
        lower = name.lower()
        if lower in HOP_BY_HOP or lower in REACHING_BEYOND or lower in named:
            continue
        if lower.startswith(REACHING_BEYOND_STARTS):
            continue
        if lower == "set-cookie":
            if value.lstrip().lower().startswith(OUR_COOKIES):
                continue
            value = _for_this_place(value, prefix)
        passed.add(name, text(value))
    passed.add("Content-Security-Policy", policy)
    passed["X-Content-Type-Options"] = "nosniff"
    passed["Referrer-Policy"] = "same-origin"
    return passed


def app_policy(site: Site, framers: Iterable[str]) -> str:
    """The policy of apps' pages: all that frameworks do within their place, nothing from anywhere else.

    `framers` are the origins that may show an app in a frame.
    """
    # On a shared origin the path keeps a page from asking its neighbours with their readers' rights.
    own = site.root if site.prefix else "'self'"
    sockets = "ws" + (site.root if site.prefix else site.origin).removeprefix("http")  # not always counted as 'self'
    return (
        f"default-src {own} 'unsafe-inline' 'unsafe-eval' data: blob:; "
        f"connect-src {own} {sockets} data: blob:; "
        f"{_frame_ancestors(framers)}; base-uri {own}; form-action {own}; object-src 'none'"
    )


def own_policy(framers: Iterable[str]) -> str:
    """The policy of the front's own pages, which stand on apps' origins."""
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        f"{_frame_ancestors(framers)}; base-uri 'none'; form-action 'self'"
    )


def _frame_ancestors(framers: Iterable[str]) -> str:
    return " ".join(["frame-ancestors", "'self'", *framers])


def _for_this_place(cookie: str, prefix: str) -> str:
    """A cookie without Domain, with which an app could set cookies for its neighbours, and below the app's path."""
    first, *attributes = cookie.split(";")
    kept = [one for one in attributes if _name(one) != "domain"]
    if not prefix or any(_name(one) == "path" and _is_below(one.partition("=")[2].strip(), prefix) for one in kept):
        return ";".join([first, *kept])
    return ";".join([first, *(one for one in kept if _name(one) != "path"), f" Path={prefix}"])


def _name(attribute: str) -> str:
    return attribute.partition("=")[0].strip().lower()


def _is_below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")
