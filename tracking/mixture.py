"""The call that takes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrina.store import params
from vitrina.tracking.moments import Step, Timestamp
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.values import as_number, is_number


def log(run: Recorder, values: Mapping[str, Any], *, step: Step = None, timestamp: Timestamp = None) -> None:
    """Keeps whatever a mapping holds by name: numbers as points of metrics, all else as the kind of object that it is
    (a figure, an image, a table, a text, …). Nested mappings join their names with `/`.

    Raises KindError, which names the value, for what is of no kind; what stands before it in the mapping is kept.
    """
    given = params.flatten(values)
    numbers = {name: as_number(name, value) for name, value in given.items() if is_number(value)}
    if numbers:
        run.write_points(numbers, step=step, timestamp=timestamp)
    for name, value in given.items():
        if name not in numbers:
            run.keep(value, name, argument=name, step=step, timestamp=timestamp)
