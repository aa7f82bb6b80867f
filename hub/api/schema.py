"""The API's description: as OpenAPI for programs, and as our own page for people (no other host is asked for it)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response

from vitrina import __version__
from vitrina.hub.pages.render import Crumb
from vitrina.hub.pages.visit import Here

SCHEMA = "/api/openapi.json"
DOCS = "/api/docs"

LISTING = re.compile(r"Listing_(\w+)_")
"""How the schema calls a page of a list of things."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    where: str
    type: str
    description: str
    is_required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that the API does."""

    method: str
    path: str
    summary: str
    parameters: Sequence[Parameter]
    answer: str
    """What comes back, in words."""

    shape: str
    """Name of its shape; of the things in it, where it is a list."""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: str
    description: str


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    description: str
    fields: Sequence[Field]


@router.get(SCHEMA)
def schema(request: Request) -> Response:
    return JSONResponse(describe(request))


@router.get(DOCS)
def docs(here: Here) -> Response:
    described = describe(here.request)
    page = here.around("API", crumbs=(Crumb("API"),), json_href=SCHEMA)
    return here.render("api.html", page, groups=groups(described), shapes=shapes(described))


def describe(request: Request) -> Mapping[str, Any]:
    """The OpenAPI document of the routes that are in the schema."""
    return get_openapi(
        title="Vitrina",
        version=__version__,
        description="What the pages show, as data. A program shows its token: `Authorization: Bearer …`.",
        routes=request.app.routes,
    )


def groups(described: Mapping[str, Any]) -> Mapping[str, list[Operation]]:
    """The operations by tag, in the order of the routes."""
    found: dict[str, list[Operation]] = {}
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            for tag in told["tags"]:
                found.setdefault(tag, []).append(_operation(method, path, told))
    return found


def shapes(described: Mapping[str, Any]) -> list[Shape]:
    """What the operations give back, by name."""
    told = cast("Mapping[str, Mapping[str, Any]]", described["components"]["schemas"])
    return [
        Shape(
            name=name,
            description=one.get("description", ""),
            fields=[
                Field(key, type_of(value), value.get("description", "")) for key, value in one["properties"].items()
            ],
        )
        for name, one in sorted(told.items())
        if "properties" in one and not LISTING.fullmatch(name)
    ]


def type_of(schema: Mapping[str, Any]) -> str:
    """A JSON schema in a few words: `string or null`, `list of Run`."""
    match schema:
        case {"$ref": str(ref)}:
            name = ref.rpartition("/")[2]
            listed = LISTING.fullmatch(name)
            return f"page of {listed[1]}" if listed is not None else name
        case {"anyOf": [*options]}:
            return " or ".join(type_of(option) for option in options)
        case {"type": "array"}:
            return f"list of {type_of(schema.get('items', {}))}"
        case {"type": str(name), "format": str(form)}:
            return f"{name} ({form})"
        case {"type": str(name)}:
            return name
        case _:
            return "anything"


def _operation(method: str, path: str, told: Mapping[str, Any]) -> Operation:
    answers = cast("Mapping[str, Mapping[str, Any]]", told["responses"])
    good = next(answer for status, answer in answers.items() if status.startswith("2"))
    answer = type_of(good["content"]["application/json"]["schema"])
    return Operation(
        method=method.upper(),
        path=path,
        summary=told.get("description", told.get("summary", "")),
        parameters=[_parameter(one) for one in told.get("parameters", ())],
        answer=answer,
        shape=answer.removeprefix("page of "),
    )


def _parameter(told: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=told["name"],
        where=told["in"],
        type=type_of(told["schema"]),
        description=told.get("description", ""),
        is_required=told["required"],
    )
