"""A histogram kept as its counts and edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

from vitrina.store.charts.data import encode, numbers
from vitrina.store.charts.histogram import Bins
from vitrina.store.charts.histogram import histogram as chart_of
from vitrina.store.errors import InvalidError
from vitrina.store.kinds.figures.figure import read_json
from vitrina.store.kinds.kind import KindError, Section, Taken
from vitrina.store.libraries import load
from vitrina.store.views import VegaView

NAME = "histogram"
SECTION = Section.CHARTS
TAKES = "a Histogram (counts, and one edge more), or an array or list of numbers"

MOST_BINS = 512


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of values between neighbouring edges, which ascend; there is one edge more than counts."""

    counts: Sequence[float]
    edges: Sequence[float]


def histogram_from(values: Sequence[float], *, bins: int | str = "auto", max_bins: int = MOST_BINS) -> Histogram:
    """The histogram of values; NaN and infinities are left out. `bins` is their number or one of NumPy's rules."""
    numpy = load("numpy", extra="frames", purpose="A histogram")
    try:
        listed = numpy.asarray(values, dtype=float).ravel()
    except (TypeError, ValueError) as error:
        raise KindError("it is no array of numbers") from error
    finite = listed[numpy.isfinite(listed)]
    if not finite.size:
        raise KindError("it holds no number")
    if isinstance(bins, str):
        bins = len(numpy.histogram_bin_edges(finite, bins=bins)) - 1 if finite.min() < finite.max() else 1
    counts, edges = numpy.histogram(finite, bins=max(1, min(bins, max_bins)))
    return Histogram(counts.tolist(), edges.tolist())


def claims(value: object) -> bool:
    return isinstance(value, Histogram)


def take(value: object, *, bins: int | str = "auto", max_bins: int = MOST_BINS) -> Taken:
    """`bins` and `max_bins` are for values that are not counted yet."""
    counted = value if isinstance(value, Histogram) else histogram_from(_listed(value), bins=bins, max_bins=max_bins)
    try:
        counts, edges = numbers(counted.counts), numbers(counted.edges)
    except InvalidError as error:
        raise KindError(error.message.rstrip(".")) from error
    if not counts or len(edges) != len(counts) + 1:
        raise KindError(f"it has {len(counts)} counts and {len(edges)} edges, where there is one edge more than counts")
    if any(count is None for count in counts) or any(
        low is None or high is None or low > high for low, high in pairwise(edges)
    ):
        raise KindError("a count or an edge is missing, or its edges do not ascend")
    summary = {"bins": len(counts), "total": sum(count or 0 for count in counts), "min": edges[0], "max": edges[-1]}
    payload = encode({"counts": counts, "edges": edges})
    return Taken(NAME, payload, "application/vnd.vitrina.histogram+json", ".json", summary)


def view(summary: Mapping[str, Any], payload: bytes) -> VegaView:
    return drawn([("", payload)])


def drawn(histograms: Sequence[tuple[str, bytes]]) -> VegaView:
    """Stored histograms in one chart, each with its label."""
    try:
        return VegaView(chart_of([_read(label, payload) for label, payload in histograms]))
    except (KeyError, TypeError, InvalidError) as error:
        raise KindError("The stored histogram is damaged.") from error


def _read(label: str, payload: bytes) -> Bins:
    kept = read_json(payload)
    return Bins(label, kept["counts"], kept["edges"])


def _listed(value: Any) -> Any:
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__len__"):
        raise KindError("it is no array of numbers")
    return value.tolist() if hasattr(value, "tolist") else cast("object", value)
