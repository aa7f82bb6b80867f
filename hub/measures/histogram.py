"""How long things take: how many took at most so many seconds, for each label."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from vitrina.hub.measures.families import Family, Kind, Labels, Sample


@dataclass(slots=True)
class _Taken:
    """By bucket, the last one without an end; and all together."""

    counts: list[int]
    sum_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts in one thread. `bounds_s` are the upper ends of its buckets, growing."""

    name: str
    help: str
    bounds_s: Sequence[float]
    labels: Labels = ()
    _taken: dict[Labels, _Taken] = field(default_factory=dict[Labels, _Taken])

    def observe(self, seconds: float, *labels: str) -> None:
        """Something took so long; `labels` are the values to the names."""
        taken = self._taken.get(labels)
        if taken is None:
            taken = self._taken[labels] = _Taken([0] * (len(self.bounds_s) + 1))
        taken.counts[bisect_left(self.bounds_s, seconds)] += 1
        taken.sum_s += seconds

    def family(self) -> Family:
        """How it stands."""
        return Family(self.name, Kind.HISTOGRAM, self.help, tuple(self._samples()))

    def _samples(self) -> Iterator[Sample]:
        ends = [*(f"{bound:g}" for bound in self.bounds_s), "+Inf"]
        for values, taken in sorted(self._taken.items()):
            labels, so_far = dict(zip(self.labels, values, strict=True)), list(accumulate(taken.counts))
            for end, count in zip(ends, so_far, strict=True):
                yield Sample(count, {**labels, "le": end}, "_bucket")
            yield Sample(so_far[-1], labels, "_count")
            yield Sample(taken.sum_s, labels, "_sum")
