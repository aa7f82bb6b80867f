"""A configuration of nginx in which the hub decides and nginx moves the bytes (see `vitrina.hub.proxy.edge`).

`auth_request`, and not X-Accel-Redirect: with the latter every request, with its body, goes through the hub first, and
a redirect that an app invents would be obeyed. A yes to `auth_request` can be kept for a moment, so that most requests
never reach Python. What is not a plain request of somebody inside goes to the front whole, which answers it as it does
without nginx.
"""

from __future__ import annotations

import getpass
import grp
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vitrina.hub import format as fmt
from vitrina.hub.proxy import asked, assets, edge
from vitrina.hub.proxy.headers import OUR_COOKIES
from vitrina.hub.proxy.limits import Limits
from vitrina.hub.proxy.pools import HEADER_BYTES
from vitrina.hub.proxy.request_headers import FORGEABLE
from vitrina.hub.proxy.response_headers import REACHING_BEYOND
from vitrina.hub.proxy.routes import WORDS
from vitrina.hub.settings import APPS_URL, Settings
from vitrina.hub.sites import PORTS, SharedOrigin
from vitrina.store.errors import VitrinaError

TEMPLATES = Path(__file__).parent.parent / "templates"

FOLDER = "edge"
"""Below the hub's home: what nginx keeps, for the hub's user alone."""

BELOW = r"/[^/?]+" * WORDS
"""Where all apps share an origin: the path of one, as a regular expression."""

NEVER_TO_APP = (
    *sorted(FORGEABLE),
    *(f"x-forwarded-{name}" for name in ("port", "prefix", "server", "ssl", "scheme", "uri", "method", "path")),
    *(f"x-forwarded-{name}" for name in ("user", "email", "groups", "preferred-username", "access-token")),
    *("x-vitrina-edge", "proxy-connection", "proxy-authorization", "keep-alive", "te"),
)
"""nginx removes no header by how its name begins, so all names are listed that anybody is known to believe."""

NEVER_TO_BROWSER = (
    *sorted(REACHING_BEYOND),
    *(f"access-control-allow-{name}" for name in ("origin", "credentials", "methods", "headers", "private-network")),
    *("access-control-expose-headers", "access-control-max-age", "x-vitrina-app-state"),
)

OFF_PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="5">'
    "<title>The hub is not running</title>"
    '<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem">'
    "<h1>The hub is not running</h1><p>Apps are served again as soon as it does; this page tries every five seconds. "
    "Who looks after it starts it with <code>vitrina hub</code> and finds in its log why it ended.</p></body></html>\n"
)

_UNSAFE = re.compile(r"[\s;{}\"'$\\]")


class EdgeError(VitrinaError):
    """nginx cannot be put before this hub as it is set up."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How nginx is to be run."""

    listen: str | None = None
    """Where it listens, as nginx has it; None: the port of the apps' address, of this machine alone if that is so."""

    certificate: Path | None = None
    certificate_key: Path | None = None
    """Both, where the apps' address is https."""

    is_foreground: bool = False
    error_log: str = "stderr"


def configuration(settings: Settings, wanted: Wanted) -> str:
    """The whole file. Raises EdgeError, which says what is missing."""
    sites = settings.sites
    if settings.public_apps_url is None:
        raise EdgeError(
            "nginx needs to know the name under which it serves apps.",
            hint=f"Give it to the hub and to this command: {APPS_URL} 'https://*.apps.example.org'",
        )
    root = urlsplit(sites.root)
    port = root.port or PORTS[root.scheme]
    if port == settings.apps_port:
        raise EdgeError(
            f"Port {port} is both nginx's and the hub's own for apps.", hint="Give the hub another: --apps-port N"
        )
    is_secure = root.scheme == "https"
    if is_secure != (wanted.certificate is not None and wanted.certificate_key is not None):
        what = "needs a certificate" if is_secure else "is not https, and takes no certificate"
        raise EdgeError(f"{sites.source} {what}.", hint="Use: --certificate FILE --key FILE with an https address.")
    portal, limits = urlsplit(settings.portal_url), Limits.of(settings)
    own_portal = portal.hostname if settings.public_url is not None and portal.hostname != root.hostname else None
    words = {
        "command": "vitrina edge nginx",
        "probe": "Test it: nginx -t -c THIS_FILE",
        "folder": _plain(settings.home / FOLDER),
        "user": f"{getpass.getuser()} {grp.getgrgid(os.getgid()).gr_name}",
        "error_log": _plain(wanted.error_log),
        "is_foreground": wanted.is_foreground,
        "listen": _plain(wanted.listen or _listen(root.hostname, port)),
        "ssl": " ssl" if is_secure else "",
        "certificate": wanted.certificate and _plain(wanted.certificate.absolute()),
        "certificate_key": wanted.certificate_key and _plain(wanted.certificate_key.absolute()),
        "domain": root.netloc.removesuffix(f":{root.port}"),
        "is_shared": isinstance(sites, SharedOrigin),
        "below": BELOW if isinstance(sites, SharedOrigin) else "",
        "front": f"{_host(settings)}:{settings.apps_port}",
        "portal": f"{_host(settings)}:{settings.port}",
        "portal_domain": own_portal if portal.port == root.port else None,
        "key": edge.key_of(settings.secret),
        "kept_s": edge.KEPT_S,
        "header_kb": HEADER_BYTES // 1024,
        "upload_bytes": limits.upload_bytes,
        "upload": fmt.size(limits.upload_bytes),
        "self_sent": [re.escape(ending) for ending in asked.SELF_SENT],
        "self_sent_below": re.escape(asked.SELF_SENT_BELOW),
        "named_by_content": list(assets.NAMED_BY_CONTENT.items()),
        "for_good": assets.FOR_GOOD,
        "set_for_app": list(_with_variables(edge.SET_FOR_APP)),
        "our_cookies": "|".join(re.escape(name) for name in OUR_COOKIES),
        "never_to_app": NEVER_TO_APP,
        "never_to_browser": NEVER_TO_BROWSER,
        "off_page": OFF_PAGE.replace("\n", ""),
    }
    templates = Environment(  # noqa: S701  no page: nginx's own language, whose values are checked by `_plain`
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return templates.get_template("edge/nginx.conf").render(words)


def _listen(name: str | None, port: int) -> str:
    return f"127.0.0.1:{port}" if name == "localhost" else str(port)


def _host(settings: Settings) -> str:
    """Where nginx finds the hub."""
    return settings.host if settings.host != "0.0.0.0" else "127.0.0.1"  # noqa: S104  compared, not listened on


def _with_variables(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in names:
        yield name, name.lower().replace("-", "_")


def _plain(value: object) -> str:
    """A value that stands for itself in nginx's language. Raises EdgeError."""
    text = str(value)
    if _UNSAFE.search(text):
        raise EdgeError(f"nginx cannot be given {value}.", hint="Choose a name without spaces and signs.")
    return text
