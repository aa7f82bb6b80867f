"""Predictions for programs: what the app `predict` of a version answers, at an address that programs can build."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, Field

from vitrina.hub import calls, demos
from vitrina.hub.access import Action
from vitrina.hub.api.shapes import App, Listing
from vitrina.hub.api.versions import version_of
from vitrina.hub.calls import Call
from vitrina.hub.state import Asking, Caller
from vitrina.store import records
from vitrina.store.demos import PREDICT
from vitrina.store.errors import NotFoundError
from vitrina.store.refs import Noun

router = APIRouter(tags=["predictions"])

VERSION = "/projects/{owner}/{project}/models/{name}/versions/{selector}"

ROWS: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "Rows, as the version's own openapi.json has them.",
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "examples": {"one row": {"value": {"inputs": {"age": 61, "contract": "month"}}}},
            },
            "text/csv": {"schema": {"type": "string"}},
        },
    }
}


class NoServiceError(NotFoundError):
    """A version has no predict service."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            f"app {PREDICT.name!r} in {ref}",
            hint=f"Make it on the version's page, or by: vitrina model demo {ref}",
        )


class Description(BaseModel):
    """An OpenAPI document."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]


class Predictions(BaseModel):
    """What a version answers to rows."""

    predictions: list[Any] = Field(description="One a row, in their order.")
    model: str = Field(description="The version that answered.")


@router.post(VERSION + "/predict", response_model=Predictions, openapi_extra=ROWS)
async def predict(asking: Asking, request: Request, owner: str, project: str, name: str, selector: str) -> Response:
    """Predicts rows, by the version's app `predict`; it is started when it sleeps. Changes nothing."""
    return await _asked(asking, request, f"{owner}/{project}/{Noun.MODEL}/{name}@{selector}", path="/predict")


@router.post(VERSION + "/invocations", response_model=Predictions, openapi_extra=ROWS)
async def invocations(asking: Asking, request: Request, owner: str, project: str, name: str, selector: str) -> Response:
    """The same under MLflow's name, for programs that were written for its servers."""
    return await _asked(asking, request, f"{owner}/{project}/{Noun.MODEL}/{name}@{selector}", path="/invocations")


@router.get(VERSION + "/openapi.json", response_model=Description)
async def describe(asking: Asking, owner: str, project: str, name: str, selector: str) -> Response:
    """What the service takes and gives, as an OpenAPI document of its own; its paths lie beside it."""
    app = await run_in_threadpool(_service, asking, f"{owner}/{project}/{Noun.MODEL}/{name}@{selector}")
    return await calls.call(asking.portal, Call(app, asking.subject, "/openapi.json"))


@router.post(VERSION + "/demo", status_code=201)
def make_demo(asking: Asking, owner: str, project: str, name: str, selector: str) -> Listing[App]:
    """Makes the apps that nobody has to write: `demo`, a form to try the model in, and `predict`, this service."""
    version = version_of(asking, f"{owner}/{project}/{Noun.MODEL}/{name}@{selector}")
    asking.demand(Action.WRITE, version)
    return Listing(items=[App.of(app, None) for app in demos.make(asking.store, version)])


async def _asked(asking: Caller, request: Request, ref: str, *, path: str) -> Response:
    app = await run_in_threadpool(_service, asking, ref)
    content_type = request.headers.get("content-type", "application/json")
    body = await calls.body_of(request)
    return await calls.call(asking.portal, Call(app, asking.subject, path, body, content_type))


def _service(asking: Caller, ref: str) -> records.App:
    """The app that is asked. Raises NoServiceError, and NotFoundError for a version that is not there for them."""
    version = version_of(asking, ref)
    apps = asking.store.apps.of_versions([version.id])[version.id]
    found = next((app for app in apps if app.name == PREDICT.name), None)
    if found is None or not asking.may(Action.OPEN_APP, found):
        raise NoServiceError(version.ref)
    return found
