"""What the portal is asked, how it answers and how long that takes: by surface, never by path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vitrina.hub.measures.families import Family, counter
from vitrina.hub.measures.histogram import Histogram

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

SURFACES = {"api": "api", "-": "hub", "static": "static", "metrics": "watch", "healthz": "watch", "readyz": "watch"}
"""By the first part of a path; all else are pages."""

PAGE = "page"
CUT = "cut"
"""In the place of a status: there was no answer."""


class Requests:
    """Counts in one event loop."""

    def __init__(self) -> None:
        self._answers = Counter[tuple[str, str]]()
        self._took = Histogram(
            "portal_request_seconds",
            "Seconds until the portal's answer was sent, by surface.",
            BOUNDS_S,
            labels=("surface",),
        )

    def answered(self, path: str, status: int | None, seconds: float) -> None:
        """A request is over; `status` None: the browser went before there was an answer."""
        surface = SURFACES.get(path.split("/", 2)[1] if path.startswith("/") else "", PAGE)
        self._answers[surface, CUT if status is None else f"{status // 100}xx"] += 1
        self._took.observe(seconds, surface)

    def families(self) -> Sequence[Family]:
        """How it stands."""
        labels = ("surface", "class")
        return (
            counter("portal_requests", "Requests to the portal, by surface and class.", self._answers, labels=labels),
            self._took.family(),
        )


class Measured:
    """Middleware, the outermost: what the others take counts too."""

    def __init__(self, app: ASGIApp, *, requests: Requests, clock_s: Callable[[], float] = perf_counter) -> None:
        self._app = app
        self._requests = requests
        self._clock_s = clock_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        since, status = self._clock_s(), None

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            self._requests.answered(scope["path"], status, self._clock_s() - since)
