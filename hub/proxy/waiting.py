"""The pages that stand where an app cannot: it is starting, it stopped, there is none, there is no way in.

They stand on the app's own origin, so nothing in them is trusted with more than that origin. Their style sheets and
their script are the hub's, served below `/-/vitrina/static/`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vitrina.apps.allowances import RefusedError
from vitrina.apps.life import State
from vitrina.hub import format as fmt
from vitrina.hub.proxy import asked, response_headers, routes
from vitrina.hub.proxy.diary import Step
from vitrina.hub.proxy.openings import Seen
from vitrina.hub.settings import Settings
from vitrina.store.records import App

HUB = Path(__file__).parent.parent

WORD = "vitrina-waiting"
"""Every waiting page holds it, and no other page of the front does."""

STATE_HEADER = "X-Vitrina-App-State"

FILES: Mapping[str, str] = {
    "tokens.css": "text/css",
    "look.css": "text/css",
    "app.css": "text/css",
    "mark.svg": "image/svg+xml",
    "waiting.js": "text/javascript",
}
"""The front's own files, of the hub's `static` folder, with their types."""

FOR_EVER = "public, max-age=31536000, immutable"
NEVER_KEPT = "no-store"
DIGEST_DIGITS = 12


REFUSED_RETRY_S = "60"
"""Apps that nobody uses stop after minutes, not seconds."""


class Told(Enum):
    """A page, or for programs a line, that says one thing: status, title, sentence, and the words of the way on."""

    ABSENT = (404, "There is no page here for you", "It may have moved, or be shared with others only.", "All projects")
    WRONG_NAME = (421, "No app goes by this name", "Each app has an address of its own.", "All projects")
    SPENT = (403, "This way in was used already", "It works once, within a minute.", "Open the app again")
    NO_COOKIE = (403, "The browser kept no cookie", "The app knows by it who came in. Allow it.", "Open the app again")
    FOREIGN = (403, "Another site asked for this", "An app answers its own pages.", "Open the app")
    TOO_LARGE = (413, "This is too large", "The hub passes on smaller uploads only.", "Back")
    ASLEEP = (503, "The app is not running", "It starts when somebody goes to its address.", "Open the app")
    BROKEN = (500, "The hub made a mistake", "Its log says more.", "All projects")
    AWAY = (502, "The app did not answer", "It may be ending just now. Try again in a moment.", "Try again")

    def __init__(self, status: int, title: str, sentence: str, link: str) -> None:
        self.status = status
        self.title = title
        self.sentence = sentence
        self.link = link


@dataclass(frozen=True, slots=True)
class Wait:
    """What there is to say of an app that does not serve."""

    app: App
    seen: Seen
    steps: Sequence[Step]
    usual_s: float | None
    """How long it usually takes to get ready; None: it never did yet."""

    log: Sequence[str] | None
    """Its newest lines; None: they are not for this reader."""

    prefix: str = ""
    """The path below which the app lies; empty where it has an origin of its own."""

    was_ready: bool = False
    """Whether it served before it stopped."""

    is_framed: bool = False
    """The portal's own bar stands above."""

    rest_s: float = 0.0
    """Seconds until it may be started again."""


class Pages:
    """Makes the pages. Pure but for the hub's own files, which it reads once."""

    def __init__(self, settings: Settings) -> None:
        self._portal = settings.portal_url
        self._policy = response_headers.own_policy(routes.portal_origins(settings))
        self._files = {name: (HUB / "static" / name).read_bytes() for name in FILES}
        self._templates = Environment(
            loader=FileSystemLoader(HUB / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.get_template("front/waiting.html")  # read now, and not while the first person waits

    def waiting(self, wait: Wait) -> web.Response:
        """The app is on its way. 202: accepted, not there yet; no program takes that for the app's own 200."""
        usual = fmt.duration(wait.usual_s) if wait.usual_s is not None else None
        model = self._of_app(wait) | {
            "steps": _shown(wait.steps),
            "usual": usual,
            "word": WORD,
            "state_href": wait.prefix + routes.STATE,
            "line": in_line(wait.seen),
        }
        return self._page("front/waiting.html", 202, f"Opening {model['name']}", model, state=wait.seen.state)

    def stopped(self, wait: Wait, *, to: str) -> web.Response:
        """The app stopped by itself; `to` is the place inside it that was asked for."""
        title = "The app stopped" if wait.was_ready else "The app stopped while it was starting"
        rest = fmt.duration(wait.rest_s) if wait.rest_s > 0 else None
        start = wait.prefix + routes.START
        model = self._of_app(wait) | {"reason": wait.seen.reason, "to": to, "rest": rest, "start_href": start}
        return self._page("front/stopped.html", 502, title, model, state=wait.seen.state)

    def refused(self, app: App, error: RefusedError, *, to: str, is_framed: bool) -> web.Response:
        """The app is not started for this person, who has too many or is one too many; `to` is where they wanted."""
        model = {"sentence": str(error), "link": "Try again", "href": to, "target": "_self", "is_framed": is_framed}
        title = f"{app.title or app.name} cannot be opened now"
        response = self._page("front/told.html", error.status, title, model, state=State.COLD)
        response.headers["Retry-After"] = REFUSED_RETRY_S
        return response

    def line(self, error: RefusedError) -> web.Response:
        """The same for a page or program that asks for something in the app."""
        response = self._answer(error.status, f"{error}\n", "text/plain")
        response.headers["Retry-After"] = REFUSED_RETRY_S
        return response

    def told(
        self, what: Told, asked_with: Mapping[str, str], *, href: str | None = None, sentence: str | None = None
    ) -> web.Response:
        """A page for a browser, a line for any other program, as its headers say.

        `href` is the way on (None: to the portal, which then leaves the frame that the page may stand in); `sentence`
        stands in the place of the general one.
        """
        said = sentence or what.sentence
        way = href or f"{self._portal}/"
        if "text/html" not in asked_with.get("Accept", ""):
            return self._answer(what.status, f"{what.title}. {said} {what.link}: {way}\n", "text/plain")
        model = {
            "sentence": said,
            "link": what.link,
            "href": way,
            "target": "_self" if href else "_top",
            "is_framed": asked.is_framed(asked_with),
        }
        return self._page("front/told.html", what.status, what.title, model)

    def state(self, wait: Wait) -> web.Response:
        """What the waiting page asks for."""
        told = {
            "state": wait.seen.state.value,
            "reason": wait.seen.reason,
            "steps": _shown(wait.steps),
            "line": in_line(wait.seen),
            "position": wait.seen.position,
            "log": wait.log,
        }
        response = web.json_response(told, headers=self._headers())
        response.headers[STATE_HEADER] = wait.seen.state.value
        return response

    def file(self, path: str) -> web.Response | None:
        """One of the front's own files by its path; None when there is none."""
        if not path.startswith(f"{routes.STATIC}/"):
            return None
        digest, _, name = path.removeprefix(f"{routes.STATIC}/").partition("/")
        if name not in FILES:
            return None
        response = self._answer(200, self._files[name], FILES[name])
        response.headers["Cache-Control"] = FOR_EVER if digest == self._digest else NEVER_KEPT
        return response

    def well_known(self, path: str) -> web.Response | None:
        """What browsers and robots ask for by themselves, where no app answers; None for any other path."""
        match path:
            case "/favicon.ico":
                return self._answer(200, self._files["mark.svg"], FILES["mark.svg"])
            case "/robots.txt":
                return self._answer(200, "User-agent: *\nDisallow: /\n", "text/plain")
            case "/manifest.json":
                return self._answer(200, "{}", "application/manifest+json")
            case _:
                return None

    @cached_property
    def _digest(self) -> str:
        return hashlib.sha256(b"".join(self._files.values())).hexdigest()[:DIGEST_DIGITS]

    def _static_href(self, name: str) -> str:
        assert name in FILES
        return f"{routes.STATIC}/{self._digest}/{name}"

    def _of_app(self, wait: Wait) -> dict[str, Any]:
        version = wait.app.version
        return {
            "name": wait.app.title or wait.app.name,
            "model": version.collection.name,
            "version": version.number,
            "stage_name": version.stage,
            "version_href": f"{self._portal}/{version.ref}",
            "state": wait.seen.state.value,
            "log": wait.log,
            "is_framed": wait.is_framed,
        }

    def _page(
        self, template: str, status: int, title: str, model: Mapping[str, Any], *, state: State | None = None
    ) -> web.Response:
        text = self._templates.get_template(template).render(
            title=title, portal=self._portal, static=self._static_href, **model
        )
        response = self._answer(status, text, "text/html")
        if state is not None:
            response.headers[STATE_HEADER] = state.value
        return response

    def _answer(self, status: int, body: str | bytes, media_type: str) -> web.Response:
        content = body.encode() if isinstance(body, str) else body
        given = {"Content-Type": media_type if media_type == "image/svg+xml" else f"{media_type}; charset=utf-8"}
        return web.Response(status=status, body=content, headers=self._headers() | given)

    def _headers(self) -> dict[str, str]:
        return {
            "Content-Security-Policy": self._policy,
            "Cache-Control": NEVER_KEPT,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }


def in_line(seen: Seen) -> str:
    """What somebody is told who waits for others: where they stand, and why; empty for who waits for the app only."""
    if seen.state is not State.QUEUED:
        return ""
    match seen.position:
        case None:
            return seen.reason
        case 1:
            return f"You are next. {seen.reason}"
        case position:
            return f"You are number {position} of those who wait. {seen.reason}"


def _shown(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Steps as lines of a list, which end without a full stop."""
    return [
        {"text": step.text.removesuffix("."), "took": fmt.duration(step.seconds), "is_over": step.is_over}
        for step in steps
    ]
