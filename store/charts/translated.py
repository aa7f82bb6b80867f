"""The common ground of figures translated from other libraries: axes, layers, and colours that their author chose."""

from __future__ import annotations

import base64
import json
import re
import sys
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, cast

from vitrina.store.charts.series import DAY, SCHEMA, WHOLE_POWERS, AxisType, legend_columns
from vitrina.store.charts.theme import Spec

Row: TypeAlias = dict[str, Any]

TYPE_CODES = {
    "i1": "b",
    "u1": "B",
    "i2": "h",
    "u2": "H",
    "i4": "i",
    "u4": "I",
    "i8": "q",
    "u8": "Q",
    "f4": "f",
    "f8": "d",
}
GZIP = b"\x1f\x8b"
DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$")


class UntranslatableError(Exception):
    """The figure holds something that has no faithful form in Vega-Lite."""


@dataclass(frozen=True)
class Axis:
    """One axis: None for a domain is what the data asks for; `order` is that of names."""

    kind: AxisType
    title: str = ""
    domain: tuple[Any, Any] | None = None
    scale: Literal["linear", "log"] = "linear"
    order: Sequence[Any] = ()
    reverse: bool = False
    format: str | None = None

    def encoding(self, name: str, *, zero: bool) -> Spec:
        """The encoding of a field; `zero` puts zero on an axis of numbers that has no domain of its own."""
        if self.kind == "nominal":
            axis: Spec = {"labelOverlap": True}
            order = list(reversed(self.order)) if self.reverse else list(self.order)
            return {"field": name, "type": "nominal", "title": self.title or None, "sort": order, "axis": axis}
        scale: Spec = {"type": "log"} if self.scale == "log" else {"zero": zero} if self.kind == "quantitative" else {}
        if self.domain:
            scale |= {"domain": sorted(self.domain), "nice": False}
        if self.reverse or (self.domain and self.domain[0] > self.domain[1]):
            scale["reverse"] = True
        found: Spec = {"field": name, "type": self.kind, "title": self.title or None, "scale": scale}
        guide: Spec = {"format": self.format} if self.format else {}
        guide |= {"gridOpacity": WHOLE_POWERS} if self.scale == "log" else {}
        return found | ({"axis": guide} if guide else {})


@dataclass(frozen=True)
class Layer:
    """Rows drawn by one mark. A row's `k` is the key of its series, which stands for a name and a colour."""

    rows: Sequence[Row]
    mark: Spec
    encoding: Spec = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Key:
    """A series: its colour, and the name that the legend gives it ("" leaves it out)."""

    colour: str
    name: str = ""


def chart(layers: Sequence[Layer], keys: Sequence[Key], *, symbol: str = "square") -> Spec:
    """The layers in one chart, with a legend when two series or more are named. Keys are numbered from 0 in `k`."""
    domain = [str(place) for place in range(len(keys))]
    scale = {"domain": domain, "range": [key.colour for key in keys]}
    legend = series_legend(keys, symbol=symbol)
    colour: Spec = {"color": {"field": "k", "type": "nominal", "scale": scale, "legend": legend}} if keys else {}
    drawn = [
        {"data": {"values": _timed(layer)}, "mark": layer.mark, "encoding": {**colour, **layer.encoding}}
        for layer in layers
    ]
    return {"$schema": SCHEMA, "layer": drawn}


def series_legend(keys: Sequence[Key], *, symbol: str) -> Spec | None:
    """The legend of an encoding of `k`, None where fewer than two series have a name."""
    named = [str(place) for place, key in enumerate(keys) if key.name]
    if len(named) < 2:
        return None
    words = f"{json.dumps([key.name for key in keys])}[toNumber(datum.value)]"
    columns = legend_columns([key.name for key in keys if key.name])
    return {"values": named, "labelExpr": words, "columns": columns, "symbolType": symbol, "title": None}


def _timed(layer: Layer) -> list[Row]:
    """The rows, with the values on an axis of time as texts."""
    times = [name for name in ("x", "y") if mapping(layer.encoding.get(name)).get("type") == "temporal"]
    fields = [name for axis in times for name in (axis, f"{axis}2")]
    return [{name: moment(value) if name in fields else value for name, value in row.items()} for row in layer.rows]


def moment(value: Any) -> Any:
    """A time as it was written, without a zone, so that it is shown the same everywhere: milliseconds since 1970 and
    days become texts of date and time."""
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value / 1000, UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return f"{value}T00:00:00" if isinstance(value, str) and DAY.fullmatch(value) else value


def kind_of(values: Sequence[Any]) -> AxisType:
    """The axis that values ask for; texts that are all dates ask for one of time."""
    found = [value for value in values if value is not None]
    if found and all(isinstance(value, str) and DATE.match(value) for value in found):
        return "temporal"
    numeric = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in found)
    return "quantitative" if numeric else "nominal"


def decoded(data: str, dtype: str, *, little: bool = True, count: int | None = None) -> list[Any]:
    """Numbers in base64; `dtype` is a letter and the bytes of each ("f8"). NaN stays NaN.

    The bytes may be gzipped where `count` says how many numbers there are: no more than these are unpacked.
    """
    code = TYPE_CODES.get(dtype)
    if code is None:
        raise UntranslatableError
    try:
        packed = base64.b64decode(data, validate=True)
        if count is not None and packed.startswith(GZIP):
            packed = zlib.decompressobj(wbits=31).decompress(packed, max(1, count * array(code).itemsize))
        numbers = array(code, packed)
    except (ValueError, zlib.error) as error:
        raise UntranslatableError from error
    if little != (sys.byteorder == "little"):
        numbers.byteswap()
    return numbers.tolist()


def finite(value: Any) -> Any:
    """The value, None for a number that is NaN or infinite."""
    return None if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))) else value


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a JSON object, else an empty one: what a figure leaves out."""
    return cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
