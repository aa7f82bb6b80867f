"""One thing to operate for each input, and what stands in it as a row that the model takes."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr
import numpy as np
from fields import Field
from PIL import Image

WIDTH = 240
"""Of a thing to operate, at least, in pixels; so many stand beside each other as there is room for."""

SHOWN = 240
"""Points of an image's side, at least; smaller ones are shown larger."""

GREY, COLOURS = "L", {1: "L", 3: "RGB", 4: "RGBA"}


def widget(field: Field, *, label: str | None = None) -> Any:
    """What somebody operates to say what this input is."""
    label = label or field.name
    match field.kind:
        case "number" if field.low is not None and field.high is not None and not field.nullable:
            return gr.Slider(field.low, field.high, value=field.start, step=field.step, label=label, min_width=WIDTH)
        case "number":
            return gr.Number(field.start, label=label, precision=0 if field.is_whole else None, min_width=WIDTH)
        case "bool":
            return gr.Checkbox(bool(field.start), label=label, min_width=WIDTH)
        case "choice":
            choices = [(str(choice), choice) for choice in field.choices]
            given = {"value": field.start, "allow_custom_value": field.open}
            return gr.Dropdown(choices, label=label, min_width=WIDTH, **given)
        case "time":
            return gr.Textbox(field.start, label=label, placeholder="2026-11-23T09:30:00", min_width=WIDTH)
        case "text":
            return gr.Textbox(field.start, label=label, lines=3)
        case "image":
            start = None if field.start is None else picture(field, field.start)
            return gr.Image(start, label=label, image_mode=_mode(field), height=320)
        case "table":
            rows = np.zeros(field.shape) if field.start is None else np.asarray(field.start)
            table = rows.reshape(-1, field.shape[-1]).tolist()
            heads = [str(place) for place in range(field.shape[-1])]
            size = {"row_count": len(table), "column_count": len(heads), "row_limits": (len(table), len(table))}
            return gr.Dataframe(table, headers=heads, label=label, datatype="number", type="array", **size)
        case _:
            start = "" if field.start is None else json.dumps(field.start)
            return gr.Textbox(start, label=f"{label}: {field.wanted}, as JSON", lines=6)


def value(field: Field, shown: Any) -> Any:
    """What stands in a field's widget, as `fields.check` takes it."""
    match field.kind:
        case "number":
            return int(shown) if field.is_whole and isinstance(shown, float) and shown.is_integer() else shown
        case "time":
            return shown or None
        case "image":
            return None if shown is None else points(field, shown)
        case "table":
            numbers = [[_number(cell) for cell in row] for row in shown]
            return numbers[0] if len(field.shape) == 1 else numbers
        case "array":
            return _json(shown)
        case _:
            return shown


def picture(field: Field, rows: Any) -> np.ndarray:
    """One row of an image field as a picture that people see: bytes, colours last."""
    image = np.asarray(rows, dtype=float)
    if field.side:
        image = image.reshape(field.side, field.side)
    if field.channels == "first":
        image = np.moveaxis(image, 0, -1)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    times = max(1, -(-SHOWN // max(image.shape[:2])))
    return np.clip(image / field.white * 255, 0, 255).round().astype("uint8").repeat(times, 0).repeat(times, 1)


def points(field: Field, image: np.ndarray) -> list[Any]:
    """A picture as one row of an image field: of its size, between 0 and what is white there."""
    shape = (field.side, field.side) if field.side else field.shape
    shape = shape[1:] if field.channels == "first" else shape[:2]
    height, width = (mine if wanted < 0 else wanted for wanted, mine in zip(shape, image.shape, strict=False))
    if image.shape[:2] != (height, width):
        way = Image.Resampling.BOX if height < image.shape[0] else Image.Resampling.BILINEAR
        image = np.asarray(Image.fromarray(image).resize((width, height), way))
    scaled = image.astype(float) / 255 * field.white
    if field.is_whole:
        scaled = scaled.round().astype(int)
    if field.side:
        return scaled.ravel().tolist()
    if field.channels != "none" and scaled.ndim == 2:
        scaled = scaled[..., None]
    return (np.moveaxis(scaled, -1, 0) if field.channels == "first" else scaled).tolist()


def _mode(field: Field) -> Any:
    match field.channels:
        case "first":
            return COLOURS[field.shape[0]]
        case "last":
            return COLOURS[field.shape[2]]
        case _:
            return GREY


def _number(cell: Any) -> Any:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return cell


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
