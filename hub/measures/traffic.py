"""What passes the apps port: who comes in, what they ask, what they get, and what is open now.

What a server before the front moves by itself (`vitrina edge nginx`) does not pass here: of that only openings and
viewers are known, the rest is that server's to count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from types import TracebackType

from aiohttp import web

from vitrina.hub.measures.book import Book
from vitrina.hub.measures.families import Family, counter, gauge
from vitrina.hub.proxy.passes import Pass
from vitrina.store.records import App

CUT = "cut"
"""In the place of a status: the browser left before the answer had ended."""

CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx", CUT)
FROM_BROWSERS, TO_BROWSERS = ("in",), ("out",)


class Traffic:
    """Counts; lives in one event loop."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.openings = 0
        self.sessions = 0
        self.sockets_open = 0
        self.answers = Counter[str](dict.fromkeys(CLASSES, 0))
        self.bytes_in = 0
        self.bytes_out = 0

    def entered(self, app: App, given: Pass, *, is_new: bool) -> None:
        """Somebody came in by a ticket; `is_new`: their session begins."""
        self.openings += 1
        self.sessions += is_new
        self._book.opened(app.id, given, is_new=is_new)

    def seen(self, app: App, given: Pass) -> None:
        """Somebody who came in earlier is still at it."""
        self._book.seen(app.id, given)

    def passing(self, app: App, given: Pass, request: web.Request, *, is_socket: bool) -> Passing:
        """Hold this while a request or socket is passed on to its app."""
        self._book.seen(app.id, given)
        return Passing(self, app.id, request, is_socket=is_socket)

    def families(self) -> Sequence[Family]:
        """How it stands."""
        transferred = {FROM_BROWSERS: self.bytes_in, TO_BROWSERS: self.bytes_out}
        answers = {(name,): count for name, count in self.answers.items()}
        return (
            counter("app_openings", "Times that somebody came into an app by its link.", {(): self.openings}),
            counter("app_sessions_begun", "Sessions of browsers that began in apps.", {(): self.sessions}),
            counter("app_requests", "Requests passed on to apps, by class of answer.", answers, labels=("class",)),
            counter("app_bytes", "Bytes of bodies and messages, from and to browsers.", transferred, labels=("way",)),
            gauge("app_websockets_open", "WebSockets between browsers and apps, now.", {(): self.sockets_open}),
        )

    def passed(self, app_id: int, answered: str, *, bytes_in: int) -> None:
        """A request or socket is over, of whose body so much has come."""
        self.answers[answered] += 1
        self.bytes_in += bytes_in
        self._book.answered(app_id, is_error=answered == "5xx")


class Passing:
    """One request or socket on its way. Written out, since every request makes one."""

    __slots__ = ("_answered", "_app_id", "_is_socket", "_request", "_traffic")

    def __init__(self, traffic: Traffic, app_id: int, request: web.Request, *, is_socket: bool) -> None:
        self._traffic = traffic
        self._app_id = app_id
        self._request = request
        self._is_socket = is_socket
        self._answered = CUT

    def answered(self, response: web.StreamResponse) -> web.StreamResponse:
        """This is the answer, all of it said or about to be."""
        self._answered = f"{response.status // 100}xx"
        return response

    def heard(self, count: int) -> None:
        """So many bytes of a socket came from the browser."""
        self._traffic.bytes_in += count

    def said(self, count: int) -> None:
        """So many bytes of a body or socket went to the browser."""
        self._traffic.bytes_out += count

    def __enter__(self) -> Passing:
        self._traffic.sockets_open += self._is_socket
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._traffic.sockets_open -= self._is_socket
        self._traffic.passed(self._app_id, self._answered, bytes_in=self._request.content.total_bytes)
