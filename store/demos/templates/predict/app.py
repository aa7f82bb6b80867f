"""Predictions for programs: POST rows to /predict, or to /invocations as MLflow has it.

Made by Vitrina; yours to change. A plain ASGI application: it needs no library but the model's own.
"""

from __future__ import annotations

import asyncio
import json
import traceback
from http import HTTPStatus
from pathlib import Path
from typing import Any

from bodies import BodyError, rows
from fields import Mistake, as_input, check, lacking, listed, read_form
from openapi import PROBLEM, describe
from page import page

from vitrina.apps import served
from vitrina.store.errors import VitrinaError

MOST_ROWS = 10_000
LARGEST_BODY_BYTES = 16 * 2**20
MOST_MISTAKES = 20
"""So many are told at once."""

HERE = Path(__file__).parent
FORM = read_form(HERE / "form.json")
VERSION = served()
VERSION.model()  # loaded before anybody asks: a model that cannot be loaded shows when the app starts

OPENAPI = describe(FORM, ref=VERSION.ref, version=VERSION.version, most_rows=MOST_ROWS)
PAGE = page(HERE / "page.html", FORM, ref=VERSION.ref)


class RefusedError(Exception):
    """A request that is not answered with predictions."""

    def __init__(self, status: int, detail: str, *, mistakes: list[Mistake] | None = None) -> None:
        self.status, self.mistakes = status, mistakes or []
        super().__init__(detail)


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        await _answer(scope, receive, send)


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    try:
        match scope["method"], scope["path"]:
            case "POST", "/predict" | "/invocations":
                body, given = await _body(receive), _header(scope, b"content-type")
                found = await asyncio.to_thread(predict, body, given)
                await _send(send, 200, "application/json", json.dumps(found).encode())
            case "GET" | "HEAD", "/":
                await _send(send, 200, "text/html; charset=utf-8", PAGE)
            case "GET" | "HEAD", "/openapi.json":
                await _send(send, 200, "application/json", json.dumps(OPENAPI).encode())
            case "GET" | "HEAD", "/ping" | "/health":
                await _send(send, 200, "application/json", b"{}")
            case "GET" | "HEAD", "/version":
                await _send(send, 200, "application/json", json.dumps({"model": VERSION.ref}).encode())
            case _, "/predict" | "/invocations":
                raise RefusedError(405, "Rows are sent by POST.")
            case _, path:
                raise RefusedError(404, f"There is no {path}; rows are POSTed to /predict.")
    except RefusedError as error:
        await _refuse(send, error)
    except Exception:  # a model is anybody's code: its traceback is for the app's log, not for whoever asks
        traceback.print_exc()
        await _refuse(send, RefusedError(500, "The model failed; the app's log says how."))


def predict(body: bytes, content_type: str) -> dict[str, Any]:
    """The predictions for a body. Raises RefusedError, which names what is wrong in which row and field."""
    try:
        given = rows(body, content_type, FORM)
    except BodyError as error:
        raise RefusedError(error.status, str(error)) from error
    if not given:
        raise RefusedError(422, "There are no rows.")
    if len(given) > MOST_ROWS:
        raise RefusedError(413, f"There are {len(given)} rows; send at most {MOST_ROWS} at once.")
    taken, mistakes = check(FORM, given)
    if mistakes:
        raise RefusedError(422, str(mistakes[0]), mistakes=mistakes)
    try:
        return {"predictions": listed(VERSION.predict(as_input(FORM, taken))), "model": VERSION.ref}
    except VitrinaError as error:
        raise RefusedError(422, error.message, mistakes=lacking(FORM, taken)) from error


async def _body(receive: Any) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(400, "The body broke off.")
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY_BYTES:
            raise RefusedError(413, f"The body is too large; send at most {LARGEST_BODY_BYTES // 2**20} MiB at once.")
        if not message.get("more_body"):
            return bytes(body)


async def _refuse(send: Any, error: RefusedError) -> None:
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": str(error),
    }
    if error.mistakes:
        problem["errors"] = [vars(one) | {"detail": str(one)} for one in error.mistakes[:MOST_MISTAKES]]
        problem["wrong"] = len(error.mistakes)
    await _send(send, error.status, PROBLEM, json.dumps(problem, ensure_ascii=False).encode(errors="replace"))


async def _send(send: Any, status: int, content_type: str, body: bytes) -> None:
    headers = [
        (b"content-type", content_type.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _header(scope: Any, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


async def _live(receive: Any, send: Any) -> None:
    while (message := await receive())["type"] != "lifespan.shutdown":
        await send({"type": f"{message['type']}.complete"})
    await send({"type": "lifespan.shutdown.complete"})
