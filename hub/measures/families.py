"""A figure with its name, kind and labels, and how Prometheus reads it.

Families are plain records, so that the front can tell the portal of its own as JSON. How they are written is
prometheus_client's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prometheus_client import Metric

PREFIX = "vitrina_"


class Kind(StrEnum):
    """What a figure does over time."""

    COUNTER = "counter"
    """Only grows, from the start of its process on."""

    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Sample:
    value: float
    labels: Mapping[str, str]
    suffix: str = ""
    """What follows the family's name: `_total` of a counter; `_bucket`, `_sum` or `_count` of a histogram."""


@dataclass(frozen=True, slots=True)
class Family:
    name: str
    """Without the prefix of all, and without a suffix."""

    kind: Kind
    help: str
    """One sentence, with the unit."""

    samples: Sequence[Sample]


Labels = tuple[str, ...]
"""Values of labels, in the order of their names."""


def counter(name: str, sentence: str, values: Mapping[Labels, float], *, labels: Labels = ()) -> Family:
    """A counter; `labels` are the names to the keys of `values`."""
    return Family(name, Kind.COUNTER, sentence, _samples(values, labels, suffix="_total"))


def gauge(name: str, sentence: str, values: Mapping[Labels, float], *, labels: Labels = ()) -> Family:
    """A figure that goes up and down; `labels` are the names to the keys of `values`."""
    return Family(name, Kind.GAUGE, sentence, _samples(values, labels))


def as_text(families: Iterable[Family]) -> bytes:
    """All families in Prometheus' text format."""
    from prometheus_client import generate_latest

    return generate_latest(_Collected([_metric(family) for family in families]))


def told(families: Iterable[Family]) -> list[dict[str, Any]]:
    """For JSON."""
    return [asdict(family) for family in families]


def heard(items: Iterable[Mapping[str, Any]]) -> list[Family]:
    """What `told` gave."""
    return [
        Family(one["name"], Kind(one["kind"]), one["help"], tuple(Sample(**sample) for sample in one["samples"]))
        for one in items
    ]


def _samples(values: Mapping[Labels, float], labels: Labels, *, suffix: str = "") -> tuple[Sample, ...]:
    return tuple(Sample(value, dict(zip(labels, key, strict=True)), suffix) for key, value in sorted(values.items()))


def _metric(family: Family) -> Metric:
    from prometheus_client import Metric

    metric = Metric(PREFIX + family.name, family.help, family.kind.value)
    for sample in family.samples:
        metric.add_sample(f"{metric.name}{sample.suffix}", dict(sample.labels), sample.value)
    return metric


@dataclass(frozen=True, slots=True)
class _Collected:
    """What prometheus_client takes for a registry: nothing is kept, since each figure has its home already."""

    metrics: Sequence[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.metrics
