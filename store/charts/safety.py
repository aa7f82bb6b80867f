"""What a chart from outside may not hold: anything that fetches, or that makes more data than it brings.

A spec comes from a user and is drawn on other people's pages and in a render worker. Vega would ask any address for
data, topology and pictures, attach inputs to elements of the page, and take options of its embedding from the spec.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from vitrina.store.charts.theme import Spec
from vitrina.store.errors import InvalidError

LONGEST_SEQUENCE = 100_000
"""Rows that a `sequence` may make; thirty million of them kill the process that draws them."""


class UnsafeChartError(InvalidError):
    """A chart wants something that is not inside it."""


def check(spec: Spec) -> None:
    """Raise UnsafeChartError, naming the place, for a spec that fetches or that makes too much data."""
    if "vega-lite" not in str(spec.get("$schema", "vega-lite")):
        raise UnsafeChartError(f"The chart is of {spec['$schema']}.", hint="Only Vega-Lite can be drawn.")
    for path, key, value in _entries(spec, ""):
        where = f"{path}.{key}".lstrip(".")
        if key == "url":
            raise UnsafeChartError(f"{where} is an address to fetch.", hint="Put the rows in as data.values.")
        if key == "sequence" and _length(value) > LONGEST_SEQUENCE:
            raise UnsafeChartError(f"{where} makes more than {LONGEST_SEQUENCE:,} rows.")
        if key == "element" and path.endswith("bind"):
            raise UnsafeChartError(f"{where} is an element of the page.", hint="Leave it out.")


def stripped(spec: Spec) -> Spec:
    """The spec without options for the program that embeds it (they could switch off its expression interpreter)."""
    meta = spec.get("usermeta")
    if not isinstance(meta, Mapping) or "embedOptions" not in meta:
        return spec
    return {**spec, "usermeta": {key: value for key, value in cast("Spec", meta).items() if key != "embedOptions"}}


def _entries(node: object, path: str) -> Iterator[tuple[str, str, object]]:
    """Every key and value below a node but the rows of data themselves, whose keys are the user's."""
    if isinstance(node, list):
        for place, item in enumerate(cast("list[object]", node)):
            yield from _entries(item, f"{path}[{place}]")
    if not isinstance(node, Mapping):
        return
    for key, value in cast("Mapping[str, object]", node).items():
        yield path, key, value
        if key not in ("values", "datasets"):
            yield from _entries(value, f"{path}.{key}")


def _length(value: object) -> float:
    sequence: Mapping[str, Any] = cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
    bounds = [sequence.get("start", 0), sequence.get("stop", 0), sequence.get("step", 1)]
    if not all(isinstance(bound, (int, float)) for bound in bounds) or not bounds[2]:
        return float("inf")
    return abs((bounds[1] - bounds[0]) / bounds[2])
