"""Calls that log values: inputs, outputs, metrics."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from vitrina.store import params
from vitrina.store.errors import InvalidError
from vitrina.tracking.moments import Step, Timestamp
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.records import About, Inputs, Outputs

_NO_VALUES: Mapping[str, Any] = {}


class NotANumberError(InvalidError):
    """The value of a metric is no number."""

    def __init__(self, name: str, value: object, *, hint: str | None = None) -> None:
        super().__init__(
            f"The metric {name!r} cannot be {_shown(value)}: a metric is one number.",
            hint=hint or "Log texts and structures with log_outputs, arrays with log_histogram or log_curve.",
        )


def log_inputs(run: Recorder, values: Mapping[str, Any] = _NO_VALUES, /, *, reset: bool = False, **named: Any) -> None:
    """Keeps what goes into the run: numbers, texts, truth values, None, lists; nested mappings flatten with `/`.

    Names that Python cannot write are given as a mapping. The last value of a name stays; `reset` drops all others.
    """
    given = params.flatten({**values, **named})
    run.write(Inputs(given, reset))
    run.tally.note("inputs", given)


def log_outputs(run: Recorder, values: Mapping[str, Any] = _NO_VALUES, /, *, reset: bool = False, **named: Any) -> None:
    """Keeps what comes out of the run, as `log_inputs`. An output and a metric of one name are both kept."""
    given = params.flatten({**values, **named})
    run.write(Outputs(given, reset))
    run.tally.note("outputs", given)


def log_metric(run: Recorder, name: str, value: Any, step: Step = None, timestamp: Timestamp = None) -> None:
    """Adds a point to the series of a metric.

    `value` is one number, also of NumPy or torch; NaN and infinities are kept. Without `step` the series goes on from
    its own last step; `timestamp` is a datetime or seconds since 1970, None: now. Raises NotANumberError.
    """
    run.write_points({name: as_number(name, value)}, step=step, timestamp=timestamp)


def log_metrics(
    run: Recorder,
    values: Mapping[str, Any] = _NO_VALUES,
    /,
    *,
    step: Step = None,
    timestamp: Timestamp = None,
    **metrics: Any,
) -> None:
    """Adds a point to several series at once; names that Python cannot write (`val/loss`) are given as a mapping."""
    numbers = {name: as_number(name, value) for name, value in {**values, **metrics}.items()}
    run.write_points(numbers, step=step, timestamp=timestamp)


def log_progress(run: Recorder, value: float) -> None:
    """Says how far the run has come: from 0 to 1."""
    number = as_number("progress", value)
    if not 0 <= number <= 1:
        raise InvalidError(f"The progress cannot be {number!r}.", hint="Give a share from 0 to 1.")
    run.write(About(progress=number))


def as_number(name: str, value: object) -> float:
    """The value of a metric as a float. Scalars and arrays of one element count as the number that they hold."""
    plain = _plain(value)
    if isinstance(plain, bool | int | float | Decimal | Fraction):
        try:
            return float(plain)
        except OverflowError:
            raise NotANumberError(name, plain, hint="It is too large for a float; log its logarithm.") from None
    raise NotANumberError(name, value)


def is_number(value: object) -> bool:
    """Whether a value can be a point of a metric."""
    return isinstance(_plain(value), bool | int | float | Decimal | Fraction)


def _plain(value: object) -> object:
    """What NumPy, torch and their kin hold, as Python's own; an array of several elements stays what it is."""
    if isinstance(value, type) or not hasattr(value, "item"):
        return value
    try:
        return cast("Any", value).item()
    except (TypeError, ValueError, RuntimeError):
        return value


def _shown(value: object) -> str:
    text = repr(value)
    return f"{text} ({type(value).__name__})" if len(text) <= 60 else f"a {type(value).__name__}"
