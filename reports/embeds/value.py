"""`[0.913](REF#metrics.auc)`: a number or word of the store in a sentence, with its source."""

from __future__ import annotations

import math
from typing import Any

from vitrina.reports import values
from vitrina.reports.document import Form
from vitrina.reports.embeds.embed import Asked, UnknownNameError
from vitrina.reports.keys import suggestion
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Value
from vitrina.reports.things import origin
from vitrina.store.refs import Part

NAME = "value"


def claims(asked: Asked) -> bool:
    return asked.place.form is Form.VALUE


def show(asked: Asked, shelf: Shelf) -> Value:
    found, part = asked.thing.found, asked.part
    assert part is not None
    if found.run_id is None:
        raise UnknownNameError(f"{asked.thing.ref} was logged without a run, and has no {part.section}.")
    value, run = _value(part, found.run_id, shelf), shelf.run(found.run_id)
    return Value(
        text=values.written(value, asked.place.text),
        full=values.full(value),
        ref=f"{asked.thing.ref}#{part}",
        thing=origin(found),
        run=run.name,
        at=run.finished_at or run.started_at or run.created_at,
    )


def _value(part: Part, run_id: int, shelf: Shelf) -> Any:
    """Of a metric its last value."""
    match part.section:
        case "metrics":
            known = {name: math.nan if one.last is None else one.last for name, one in shelf.series(run_id).items()}
        case "inputs":
            known = {name: param.value for name, param in shelf.inputs(run_id).items()}
        case "outputs":
            known = {name: param.value for name, param in shelf.outputs(run_id).items()}
        case section:
            raise UnknownNameError(f"`{section}` holds no values; metrics, inputs and outputs do.")
    if part.name not in known:
        what = part.section.removesuffix("s")
        raise UnknownNameError(f"There is no {what} `{part.name}`.{suggestion(part.name, known)}")
    return known[part.name]
