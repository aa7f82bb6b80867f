"""Which params a metric hangs on, over many runs: a forest learns the metric from the params, then each is shuffled.

A param matters as much as the forest's error grows when its values are shuffled in runs that the forest has not seen.
So one that only seems to matter in the runs that were learnt from counts for nothing, and the whole says how far it is
to be believed: `score` is the part of the metric's variance that the forest explains in runs it has not seen.
"""
# scikit-learn and NumPy come by name, at first use, and are untyped here.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitrina.store.compare.figures import Aggregate
from vitrina.store.errors import InvalidError
from vitrina.store.libraries import load
from vitrina.store.opening import Store
from vitrina.store.records import Param, ParamKind, Run, Series
from vitrina.store.runs import Io

FEWEST = 10
"""Runs. With fewer a forest finds what is not there."""

MOST_TRIALS = 5000
"""Runs that are looked at: a forest over more learns nothing new, and nobody waits for it."""

MOST_CATEGORIES = 20
"""Of one param; those that are rarer count as one."""

FOLDS, TREES, SHUFFLES = 5, 100, 5
PAGE = 500
NUMBERS = frozenset({ParamKind.INTEGER, ParamKind.FLOAT, ParamKind.BOOLEAN})


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run was given, and what came of it."""

    params: Mapping[str, Param]
    value: float | None
    """Of the metric; None: it has none."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a param does."""

    name: str
    importance: float
    """Its part of what all params do together: 0 to 1, all add up to 1; all 0 where none matters."""

    correlation: float | None
    """-1 to 1; its sign says which way the metric goes when the param grows. None: the param is no number."""

    distinct: int
    """So many different values it had."""


@dataclass(frozen=True, slots=True)
class Importance:
    metric: str
    weights: tuple[Weight, ...]
    """The most important first."""

    runs: int
    """That had the metric, as a number."""

    score: float
    """R² in runs that the forest had not seen: 1 is all, 0 or less is nothing."""

    constant: tuple[str, ...]
    """Params that had one value in all runs, so that nothing can be said of them."""


class TooFewRunsError(InvalidError):
    """There are not enough runs to tell."""

    def __init__(self, metric: str, runs: int) -> None:
        super().__init__(
            f"Only {runs} of the runs have a number for {metric!r}; fewer than {FEWEST} do not tell what matters.",
            hint="Log more of them, or give another metric.",
        )


class NothingVariedError(InvalidError):
    """All runs had the same params, or ended alike."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} in all runs, so nothing can be told.", hint="Give runs that differ.")


def trials(store: Store, runs: Iterable[Run], metric: str, *, by: Aggregate = Aggregate.LAST) -> list[Trial]:
    """The runs as trials, in some queries for each few hundred of them; an output that is a number is a metric too."""
    found: list[Trial] = []
    batch: list[int] = []
    for run in runs:
        batch.append(run.id)
        if len(batch) == PAGE:
            found += _trials(store, batch, metric, by)
            batch = []
        if len(found) + len(batch) >= MOST_TRIALS:
            break
    return found + (_trials(store, batch, metric, by) if batch else [])


def importance(trials: Iterable[Trial], metric: str) -> Importance:
    """Which params the metric hangs on. The same trials give the same answer.

    Raises TooFewRunsError, NothingVariedError, and MissingExtraError where scikit-learn is not installed.
    """
    usable = [one for one in trials if one.value is not None and math.isfinite(one.value)]
    if len(usable) < FEWEST:
        raise TooFewRunsError(metric, len(usable))
    names = sorted({name for one in usable for name in one.params})
    varied = [name for name in names if len(_distinct(usable, name)) > 1]
    constant = tuple(name for name in names if name not in varied)
    values = [one.value for one in usable if one.value is not None]
    if not varied:
        raise NothingVariedError("All params are the same")
    if len(set(values)) == 1:
        raise NothingVariedError(f"{metric!r} is the same")
    losses, score = _shuffled(usable, varied, values)
    total = sum(losses)
    weights = [
        Weight(name, loss / total if total else 0.0, _correlation(usable, name, values), len(_distinct(usable, name)))
        for name, loss in zip(varied, losses, strict=True)
    ]
    weights.sort(key=lambda one: (-one.importance, one.name))
    return Importance(metric, tuple(weights), len(usable), score, constant)


def _trials(store: Store, run_ids: Sequence[int], metric: str, by: Aggregate) -> list[Trial]:
    params, outputs = store.runs.params(run_ids), store.runs.params(run_ids, Io.OUTPUT)
    series = store.metrics.series(run_ids)
    return [
        Trial({one.name: one for one in params[run_id]}, _value(series[run_id], outputs[run_id], metric, by))
        for run_id in run_ids
    ]


def _value(series: Sequence[Series], outputs: Sequence[Param], metric: str, by: Aggregate) -> float | None:
    for one in series:
        if one.name == metric:
            return by.of(one)
    for output in outputs:
        if output.name == metric and output.kind in {ParamKind.INTEGER, ParamKind.FLOAT}:
            return _number(output)
    return None


def _number(param: Param) -> float:
    try:
        return float(param.value)
    except OverflowError:  # an integer beyond what a float reaches
        return math.copysign(math.inf, param.value)


def _distinct(trials: Sequence[Trial], name: str) -> set[str | None]:
    return {one.params[name].text if name in one.params else None for one in trials}


def _is_numeric(trials: Sequence[Trial], name: str) -> bool:
    kinds = {one.params[name].kind for one in trials if name in one.params} - {ParamKind.NULL}
    return bool(kinds) and kinds <= NUMBERS


def _numbers(trials: Sequence[Trial], name: str) -> list[float]:
    """Its values as numbers, NaN where there is none that can be learnt from."""
    found = [one.params.get(name) for one in trials]
    numbers = [_number(one) if one is not None and one.kind in NUMBERS else math.nan for one in found]
    return [number if math.isfinite(number) else math.nan for number in numbers]


def _texts(trials: Sequence[Trial], name: str) -> list[str]:
    return [f"={one.params[name].text}" if name in one.params else "" for one in trials]


def _columns(trials: Sequence[Trial], names: Sequence[str]) -> tuple[Any, list[list[int]]]:
    """(what the forest learns from, for each param the columns that are its own): a number as it is, beside whether
    there is one; of all else a column a value."""
    numpy = load("numpy", extra="sklearn", purpose="The importance of params")
    columns: list[Any] = []
    own: list[list[int]] = []
    for name in names:
        made = _of_number(numpy, trials, name) if _is_numeric(trials, name) else _of_text(numpy, trials, name)
        own.append(list(range(len(columns), len(columns) + len(made))))
        columns += made
    return numpy.column_stack(columns), own


def _of_number(numpy: Any, trials: Sequence[Trial], name: str) -> list[Any]:
    values = numpy.array(_numbers(trials, name))
    gaps = numpy.isnan(values)
    if gaps.all():
        return [gaps.astype(float)]
    filled = numpy.where(gaps, numpy.nanmedian(values), values)
    return [filled, gaps.astype(float)] if gaps.any() else [filled]


def _of_text(numpy: Any, trials: Sequence[Trial], name: str) -> list[Any]:
    texts = _texts(trials, name)
    common = sorted(set(texts), key=lambda text: (-texts.count(text), text))[:MOST_CATEGORIES]
    return [numpy.array([float(text == one) for text in texts]) for one in common]


def _shuffled(trials: Sequence[Trial], names: Sequence[str], values: Sequence[float]) -> tuple[list[float], float]:
    """(for each param how much the squared error grows when it is shuffled, R²), both in runs held out in turn."""
    numpy = load("numpy", extra="sklearn", purpose="The importance of params")
    ensemble = load("sklearn.ensemble", extra="sklearn", purpose="The importance of params")
    selection = load("sklearn.model_selection", extra="sklearn", purpose="The importance of params")
    table, own = _columns(trials, names)
    wanted = numpy.array(values)
    wanted = (wanted - wanted.mean()) / wanted.std()
    random = numpy.random.default_rng(0)
    losses = numpy.zeros(len(names))
    error = 0.0
    for learnt, held in selection.KFold(FOLDS, shuffle=True, random_state=0).split(table):
        forest = ensemble.RandomForestRegressor(TREES, random_state=0).fit(table[learnt], wanted[learnt])
        missed = float(((forest.predict(table[held]) - wanted[held]) ** 2).sum())
        error += missed
        for place, columns in enumerate(own):
            worse = 0.0
            for _ in range(SHUFFLES):
                other = table[held].copy()
                other[:, columns] = other[random.permutation(len(held))][:, columns]
                worse += float(((forest.predict(other) - wanted[held]) ** 2).sum()) / SHUFFLES
            losses[place] += worse - missed
    return [max(0.0, float(loss)) for loss in losses], 1 - error / len(values)


def _correlation(trials: Sequence[Trial], name: str, values: Sequence[float]) -> float | None:
    """Pearson's, over the runs that have a number there; None where it is none, or the same in all of them."""
    if not _is_numeric(trials, name):
        return None
    pairs = [(x, y) for x, y in zip(_numbers(trials, name), values, strict=True) if not math.isnan(x)]
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    if len(set(xs)) < 2 or len(set(ys)) < 2:
        return None
    numpy = load("numpy", extra="sklearn", purpose="The importance of params")
    return float(numpy.corrcoef(xs, ys)[0, 1])
