"""What a table holds, column by column: counts, spread, the most frequent values, a small histogram."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from vitrina.store.charts.data import plain
from vitrina.store.frames import ArrowTable, arrow, kind_of, unit_of
from vitrina.store.libraries import load

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
TOP = 10
"""How many of the most frequent values are kept."""

FEW = 20
"""Whole numbers with at most so many different values are counted value by value as well."""

BINS = 20
LONGEST = 200
"""Characters of a text value that are kept."""

SKETCH = 51
"""Points of the course of a column's values, from the least to the greatest: every fiftieth of them. Two profiles are
compared by it."""

CORRELATED = 16
"""Columns of numbers, the first ones, that are correlated with each other."""

SAMPLED = 100_000
"""Rows that correlations are worked out of."""


def profile(table: Any) -> dict[str, Any]:
    """The profile of a pandas, Polars or Arrow table (or a list of dicts), as JSON:

    `{"rows": 569, "columns": [{"name", "type", "kind", "count", "nulls", "distinct", …}], "correlations": {"columns",
    "values"}}`. `count` are the values that are there; NaN and infinities count as values, are told in `nan` and
    `infinite`, and stay out of the spread. Numbers and times have `min`, `max` and `histogram` (`edges`, one more than
    `counts`), numbers also `mean`, `std` (of a sample), `quantiles` and `sketch` (51 values from the least to the
    greatest, a fiftieth of all between two); texts, truth values and numbers of few values have `top`, texts also
    `lengths`. Columns of lists or bytes have counts only.
    """
    frame = arrow(table)
    columns = [_column(frame, place) for place in range(frame.num_columns)]
    return {"rows": frame.num_rows, "columns": columns, **_correlations(frame)}


def schema(table: Any) -> list[dict[str, Any]]:
    """The columns' names, Arrow types, kinds ("number", "text", "bool", "time"), and whether one has missing values."""
    frame = arrow(table)
    return [
        {
            "name": field.name,
            "type": _type_name(field.type),
            "kind": kind_of(field.type),
            "nullable": frame.column(place).null_count > 0,
        }
        for place, field in enumerate(frame.schema)
    ]


def _column(frame: ArrowTable, place: int) -> dict[str, Any]:
    field, column = frame.schema.field(place), _decoded(frame.column(place))
    kind = kind_of(field.type)
    described: dict[str, Any] = {"name": field.name, "type": _type_name(field.type), "kind": kind, **_counts(column)}
    if unit := unit_of(field):
        described["unit"] = unit
    match kind:
        case "number":
            return described | _number(column, described.get("distinct"))
        case "time":
            return described | _time(column)
        case "bool" | "text":
            return described | ({"top": _top(column), **_lengths(column)} if _countable(column) else {})


def _type_name(arrow_type: Any) -> str:
    types = load("pyarrow.types", extra="frames", purpose="A table")
    if types.is_dictionary(arrow_type):
        return f"category of {_type_name(arrow_type.value_type)}"
    return str(arrow_type).replace("large_string", "string").replace("string_view", "string")


def _decoded(column: Any) -> Any:
    types = load("pyarrow.types", extra="frames", purpose="A table")
    return column.cast(column.type.value_type) if types.is_dictionary(column.type) else column


def _countable(column: Any) -> bool:
    """Whether values can be told apart at all: lists and structures cannot, and bytes are nobody's to read."""
    types = load("pyarrow.types", extra="frames", purpose="A table")
    text = types.is_string(column.type) or types.is_large_string(column.type) or types.is_string_view(column.type)
    return text or kind_of(column.type) != "text"


def _counts(column: Any) -> dict[str, Any]:
    counts = {"count": len(column) - column.null_count, "nulls": column.null_count}
    if not _countable(column):
        return counts
    return counts | {"distinct": _compute().count_distinct(column, mode="only_valid").as_py()}


def _number(column: Any, distinct: int | None) -> dict[str, Any]:
    numpy = load("numpy", extra="frames", purpose="A table's profile")
    whole = load("pyarrow.types", extra="frames", purpose="A table").is_integer(column.type)
    values = column.drop_null().cast("float64", safe=False).to_numpy()
    finite = values[numpy.isfinite(values)]
    found: dict[str, Any] = {}
    if not whole:
        found |= {"nan": int(numpy.isnan(values).sum()), "infinite": int(numpy.isinf(values).sum())}
    if finite.size:
        found |= _compute().min_max(column).as_py() if whole else {"min": finite.min(), "max": finite.max()}
        with numpy.errstate(over="ignore", invalid="ignore"):  # what is too large for a sum has no mean: null
            found |= {"mean": finite.mean(), "std": finite.std(ddof=1) if finite.size > 1 else 0.0}
            found["quantiles"] = dict(zip(map(str, QUANTILES), numpy.quantile(finite, QUANTILES), strict=True))
            found["sketch"] = _sketch(numpy, finite)
            found["histogram"] = _histogram(numpy, finite)
    if whole and distinct is not None and distinct <= FEW:
        found["top"] = _top(column)
    return plain(found)


def _time(column: Any) -> dict[str, Any]:
    numpy = load("numpy", extra="frames", purpose="A table's profile")
    pyarrow = load("pyarrow", extra="frames", purpose="A table")
    zone = getattr(column.type, "tz", None)
    moments = column.drop_null().cast(pyarrow.timestamp("us", tz=zone), safe=False)
    if not len(moments):
        return {}
    ends = _compute().min_max(moments).as_py()
    drawn = _histogram(numpy, moments.cast("int64").to_numpy())
    edges = [int(edge) for edge in drawn["edges"]]
    times = pyarrow.array(edges, "int64").cast(pyarrow.timestamp("us", tz=zone)).to_pylist()
    return plain({**ends, "histogram": {"edges": times, "counts": drawn["counts"]}})


def _top(column: Any) -> list[dict[str, Any]]:
    """The most frequent values; of equally frequent ones the smaller first, so that the same table gives the same
    list."""
    counted = _compute().value_counts(column.drop_null()).to_pylist()
    ranked = sorted(counted, key=lambda item: (-item["counts"], item["values"]))[:TOP]
    return [{"value": _shortened(item["values"]), "count": item["counts"]} for item in ranked]


def _shortened(value: Any) -> Any:
    return value[:LONGEST] if isinstance(value, str) else plain(value)


def _lengths(column: Any) -> dict[str, Any]:
    """Characters of the texts; empty for what is no text, or has none."""
    types = load("pyarrow.types", extra="frames", purpose="A table")
    if types.is_boolean(column.type) or column.null_count == len(column):
        return {}
    lengths = _compute().utf8_length(column)
    return {"lengths": {**_compute().min_max(lengths).as_py(), "mean": _compute().mean(lengths).as_py()}}


def _sketch(numpy: Any, values: Any) -> list[float]:
    shares = [place / (SKETCH - 1) for place in range(SKETCH)]
    return [float(f"{point:.6g}") for point in numpy.quantile(values, shares, method="inverted_cdf")]


def _correlations(frame: ArrowTable) -> dict[str, Any]:
    """Pearson's, of each two columns over the rows that have both, at most 100,000 rows spread evenly."""
    numpy = load("numpy", extra="frames", purpose="A table's profile")
    fields = [field for field in frame.schema if kind_of(field.type) == "number"][:CORRELATED]
    if len(fields) < 2 or not frame.num_rows:
        return {}
    step = -(-frame.num_rows // SAMPLED)
    values = [_decoded(frame.column(field.name)).cast("float64", safe=False).to_numpy()[::step] for field in fields]
    there = [numpy.isfinite(each) for each in values]
    found: dict[tuple[int, int], float | None] = {}
    for right in range(len(fields)):
        for left in range(right):
            both = there[left] & there[right]
            found[left, right] = _pearson(numpy, values[left][both], values[right][both])
    return tie([field.name for field in fields], found)


def _pearson(numpy: Any, one: Any, other: Any) -> float | None:
    with numpy.errstate(over="ignore", invalid="ignore", divide="ignore"):
        if one.size < 2:
            return None
        left, right = one - one.mean(), other - other.mean()
        answer = (left * right).sum() / numpy.sqrt((left * left).sum() * (right * right).sum())
    return float(answer) if numpy.isfinite(answer) else None


def tie(names: list[str], pairs: Mapping[tuple[int, int], float | None]) -> dict[str, Any]:
    """`{"correlations": {"columns": names, "values": [[…], …]}}` of the pairs (left < right): row r of the values has
    those of column r with the columns before it. None: one of the two does not vary."""
    rows = [[_rounded(pairs[left, right]) for left in range(right)] for right in range(len(names))]
    return {"correlations": {"columns": names, "values": rows}}


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 4)


def _histogram(numpy: Any, values: Any) -> dict[str, Any]:
    low, high = float(values.min()), float(values.max())
    if not numpy.isfinite(high - low) or not numpy.all(numpy.diff(numpy.linspace(low, high, BINS + 1)) > 0):
        return {"edges": [low, high], "counts": [int(values.size)]}
    counts, edges = numpy.histogram(values, bins=BINS)
    return {"edges": edges.tolist(), "counts": counts.tolist()}


def _compute() -> Any:
    return load("pyarrow.compute", extra="frames", purpose="A table's profile")
