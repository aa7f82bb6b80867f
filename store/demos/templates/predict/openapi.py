"""The service as an OpenAPI 3.1 document, drawn from the form."""

from __future__ import annotations

from typing import Any

from fields import Field, Form

PROBLEM = "application/problem+json"


def describe(form: Form, *, ref: str, version: str, most_rows: int) -> dict[str, Any]:
    """The document. Its paths are relative to where it lies."""
    rows = {"type": "array", "items": {"$ref": "#/components/schemas/Row"}, "minItems": 1, "maxItems": most_rows}
    split = {
        "type": "object",
        "properties": {"columns": {"type": "array", "items": {"type": "string"}}, "data": {"type": "array"}},
        "required": ["columns", "data"],
    }
    schemas = {
        "Row": _row(form),
        "Rows": rows,
        "Inputs": _named(
            "inputs", {"anyOf": [{"$ref": "#/components/schemas/Row"}, {"$ref": "#/components/schemas/Rows"}]}
        ),
        "Instances": _named("instances", {"$ref": "#/components/schemas/Rows"}),
        "Records": _named("dataframe_records", {"$ref": "#/components/schemas/Rows"}),
        "Split": _named("dataframe_split", split),
        "Predictions": {
            "type": "object",
            "properties": {
                "predictions": {"type": "array", "items": _answer(form), "description": "One a row, in their order."},
                "model": {"type": "string", "description": "The version that answered.", "examples": [ref]},
            },
            "required": ["predictions"],
        },
        "Problem": _problem(),
    }
    ask = {
        "requestBody": _body(form),
        "responses": {
            "200": {
                "description": "The predictions.",
                "content": {"application/json": {"schema": _ref("Predictions")}},
            },
            **{status: _refusal(text) for status, text in REFUSALS.items()},
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{form.title}: predict",
            "version": version,
            "description": f"Predictions of {ref}. At most {most_rows} rows at once.",
        },
        "servers": [{"url": "."}],
        "paths": {
            "/predict": {"post": {"operationId": "predict", "summary": "Predict rows", **ask}},
            "/invocations": {"post": {"operationId": "invocations", "summary": "The same, as MLflow names it", **ask}},
            "/ping": {
                "get": {
                    "operationId": "ping",
                    "summary": "Whether it serves",
                    "responses": {"200": {"description": "It does."}},
                }
            },
        },
        "components": {"schemas": schemas},
    }


REFUSALS = {
    "400": "The body holds no rows that can be read.",
    "413": "The body, or the number of its rows, is too large.",
    "415": "The body is neither JSON nor CSV.",
    "422": "Rows do not fit: which, in which field, and what is wanted.",
}


def _row(form: Form) -> dict[str, Any]:
    if not form.is_frame:
        return _schema(form.fields[0]) | ({"examples": [form.examples[0]]} if form.examples else {})
    return {
        "type": "object",
        "properties": {field.name: _schema(field) for field in form.fields},
        "required": [field.name for field in form.fields],
        "additionalProperties": False,
    } | ({"examples": [form.examples[0]]} if form.examples else {})


def _schema(field: Field) -> dict[str, Any]:
    match field.kind:
        case "number":
            said: dict[str, Any] = {"type": ["integer" if field.is_whole else "number", "null"]}
            if field.low is not None:
                said["description"] = f"Seen from {field.low:g} to {field.high:g}."
            return said
        case "bool":
            return {"type": ["boolean", "null"]}
        case "time":
            return {"type": ["string", "null"], "format": "date-time"}
        case "choice" if not field.open:
            return {"enum": [*field.choices, None]}
        case "choice":
            return {"type": ["string", "null"], "examples": list(field.choices)}
        case "text":
            return {"type": ["string", "null"]}
        case _:
            return _nested(field, field.shape)


def _nested(field: Field, shape: tuple[int, ...]) -> dict[str, Any]:
    if not shape:
        return {"type": "integer" if field.is_whole else "number"}
    size = {} if shape[0] < 0 else {"minItems": shape[0], "maxItems": shape[0]}
    return {"type": "array", "items": _nested(field, shape[1:]), **size}


TYPES = {"number": ["number", "null"], "bool": ["boolean", "null"], "text": ["string", "null"]}


def _answer(form: Form) -> dict[str, Any]:
    """Several answers are an object; one is a value, or a list where the model answers with several numbers."""
    if len(form.answers) > 1:
        return {"type": "object", "properties": {name: _kind(kind) for name, kind in form.answers}}
    return {}


def _kind(kind: str) -> dict[str, Any]:
    return {"type": TYPES[kind]} if kind in TYPES else {}


def _body(form: Form) -> dict[str, Any]:
    of_json: dict[str, Any] = {
        "schema": {"anyOf": [_ref(name) for name in ("Inputs", "Instances", "Records", "Split", "Rows")]}
    }
    if form.examples:
        of_json["example"] = {"inputs": list(form.examples[:1])}
    csv = {"schema": {"type": "string", "description": "A line of names, then a row a line."}}
    return {"required": True, "content": {"application/json": of_json, "text/csv": csv}}


def _problem() -> dict[str, Any]:
    texts = {name: {"type": "string"} for name in ("type", "title", "detail")}
    mistake = {
        "type": "object",
        "properties": {
            "row": {"type": "integer", "description": "Counted from 0."},
            "field": {"type": ["string", "null"]},
            "given": {"type": "string"},
            "wanted": {"type": "string"},
            "detail": {"type": "string"},
        },
    }
    return {
        "type": "object",
        "description": "What is wrong (RFC 9457).",
        "properties": {**texts, "status": {"type": "integer"}, "errors": {"type": "array", "items": mistake}},
        "required": ["type", "title", "status", "detail"],
    }


def _refusal(text: str) -> dict[str, Any]:
    return {"description": text, "content": {PROBLEM: {"schema": _ref("Problem")}}}


def _named(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: schema}, "required": [name]}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
