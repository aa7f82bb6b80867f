"""Who is looking: what the hub says, what an app reads, and what it believes."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from vitrina.apps import viewing
from vitrina.apps.served import Served
from vitrina.apps.viewing import AHEAD_S, GOOD_FOR_S, Viewer, headers_in, headers_of, viewer_at, viewer_of

NOW = 1_800_000_000.0
KEY = "key of one instance"
ALICE = Viewer(user="alice", name="Alice Müller, Dr.", groups=("risk", "all, and more"))
VISITOR = Viewer(visitor="0123456789abcdef")


@pytest.mark.parametrize("viewer", [ALICE, VISITOR, Viewer()])
@pytest.mark.parametrize("key", [None, KEY])
def test_what_is_said_is_what_is_read(viewer: Viewer, key: str | None) -> None:
    headers = headers_of(viewer, key=key, now_s=NOW)
    assert all(value.isascii() and "\n" not in value for value in headers.values())
    assert viewer_of(headers, key=key, now_s=NOW) == viewer


def test_nothing_is_said_of_somebody_without_an_account_but_a_mark() -> None:
    assert headers_of(VISITOR, key=None, now_s=NOW) == {"x-vitrina-visitor": "0123456789abcdef"}


@pytest.mark.parametrize(
    "forged",
    [
        {"x-vitrina-user": "bob"},
        {"x-vitrina-groups": "admins"},
        {"x-vitrina-signature": ""},
        {"x-vitrina-signature": f"{int(NOW)}."},
        {"x-vitrina-signature": "²." + "0" * 64},
        {"x-vitrina-signature": f"{int(NOW) + 1}." + "0" * 64},
    ],
)
def test_with_a_key_only_what_is_signed_is_believed(forged: dict[str, str]) -> None:
    headers = headers_of(ALICE, key=KEY, now_s=NOW) | forged
    assert viewer_of(headers, key=KEY, now_s=NOW) == Viewer()


def test_a_signature_is_of_one_key() -> None:
    assert viewer_of(headers_of(ALICE, key="another", now_s=NOW), key=KEY, now_s=NOW) == Viewer()
    assert viewer_of(headers_of(ALICE, key=None, now_s=NOW), key=KEY, now_s=NOW) == Viewer()


@pytest.mark.parametrize(
    ("later_s", "is_believed"), [(0, True), (GOOD_FOR_S, True), (GOOD_FOR_S + 1, False), (-AHEAD_S, True), (-90, False)]
)
def test_a_signature_is_good_for_a_while(later_s: float, is_believed: bool) -> None:
    headers = headers_of(ALICE, key=KEY, now_s=NOW)
    assert (viewer_of(headers, key=KEY, now_s=NOW + later_s) == ALICE) is is_believed


SAID = {"X-Vitrina-User": "alice", "Cookie": "a=1", "type": "http", "headers": "of a client"}


@pytest.mark.parametrize(
    "request_",
    [
        SimpleNamespace(headers=SAID),
        SAID,
        {"type": "http", "headers": [(b"host", b"a"), (b"x-vitrina-user", b"alice")]},
        {"type": "websocket", "headers": [(b"x-vitrina-user", b"alice")]},
        {"HTTP_X_VITRINA_USER": "alice", "HTTP_COOKIE": "a=1", "wsgi.version": (1, 0)},
    ],
    ids=["an object", "headers", "an ASGI scope", "of a WebSocket", "a WSGI environ"],
)
def test_a_request_may_have_any_form(request_: Any) -> None:
    if request_ is SAID:
        request_ = {name: value for name, value in SAID.items() if name not in {"type", "headers"}}
    assert headers_in(request_) == {"x-vitrina-user": "alice"}


def test_what_is_no_request_is_said_so() -> None:
    with pytest.raises(TypeError, match="str is no request"):
        headers_in("alice")


def test_the_key_is_that_of_the_instance() -> None:
    headers, environ = headers_of(ALICE, key=KEY, now_s=NOW), {viewing.VARIABLE: KEY}
    assert viewer_at(headers, environ=environ, clock=lambda: NOW) == ALICE
    assert viewer_at(headers_of(ALICE, key=None, now_s=NOW), environ=environ, clock=lambda: NOW) == Viewer()


def test_an_app_asks_what_it_belongs_to(tmp_path: Any) -> None:
    app = Served("a/b/models/c@1.0.0", "c", "1.0.0", "model", "a", "b", tmp_path)
    assert app.viewer() == Viewer(), "no request is at hand here"
    assert app.viewer(SimpleNamespace(headers={"X-Vitrina-User": "alice"})).user == "alice"


def test_in_flask_and_so_in_dash_the_request_is_found(tmp_path: Any) -> None:
    import flask

    app = Served("a/b/models/c@1.0.0", "c", "1.0.0", "model", "a", "b", tmp_path)
    with flask.Flask("app").test_request_context(headers={"X-Vitrina-User": "alice"}):
        assert app.viewer().user == "alice"
    assert app.viewer() == Viewer()


@pytest.mark.slow
def test_where_frameworks_are_loaded_and_nobody_asks_nobody_is_known() -> None:
    code = (
        "import warnings; warnings.simplefilter('error', RuntimeWarning)\n"
        "import dash, gradio, panel, streamlit\n"
        "from vitrina.apps import at_hand\n"
        "assert at_hand.request() is None, at_hand.request()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
