"""Which run the module-level calls act on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from inspect import signature
from typing import Concatenate, ParamSpec, TypeVar

from vitrina.tracking.connections import CONNECTIONS
from vitrina.tracking.recorder import Here, NoRunError, Recorder
from vitrina.tracking.settings import read_settings

P = ParamSpec("P")
R = TypeVar("R")


class Current:
    """The runs that are going on.

    A thread or task acts on the run that it began last, and one that began none on the one that the process began last:
    so a helper thread logs to the run it works for, and two threads with runs of their own do not meet.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: tuple[Recorder, ...] = ()
        self._own: ContextVar[tuple[Recorder, ...]] = ContextVar("vitrina_runs", default=())

    def enter(self, run: Recorder) -> None:
        """From now on this run is the current one."""
        with self._lock:
            self._all = (*self._all, run)
        self._own.set((*self._own.get(), run))

    def leave(self, run: Recorder) -> None:
        """The run is over: the one that was current before it is so again."""
        with self._lock:
            self._all = tuple(other for other in self._all if other is not run)
        self._own.set(tuple(other for other in self._own.get() if other is not run))

    def find(self) -> Recorder | None:
        """The current run; None when there is none."""
        for run in (*reversed(self._own.get()), *reversed(self._all)):
            if not run.is_over:
                return run
        return None

    def get(self) -> Recorder:
        """The current run. Raises NoRunError."""
        run = self.find()
        if run is None:
            raise NoRunError
        return run

    def going_on(self) -> tuple[Recorder, ...]:
        """All runs of this process that are not over, the newest first."""
        return tuple(reversed(self._all))


CURRENT = Current()
"""The one thing that a module-level call must know: it is what "module-level" means."""


def on_current(call: Callable[Concatenate[Recorder, P], R]) -> Callable[P, R]:
    """The call, acting on the current run."""

    @wraps(call)
    def act(*args: P.args, **kwargs: P.kwargs) -> R:
        return call(CURRENT.get(), *args, **kwargs)

    return _shown_as_called(act, call)


def on_current_or_store(call: Callable[Concatenate[Here, P], R]) -> Callable[P, R]:
    """The call, acting on the current run, or, where there is none, on the store that the environment names."""

    @wraps(call)
    def act(*args: P.args, **kwargs: P.kwargs) -> R:
        return call(CURRENT.find() or CONNECTIONS.to(read_settings()), *args, **kwargs)

    return _shown_as_called(act, call)


def _shown_as_called(act: Callable[P, R], call: Callable[..., R]) -> Callable[P, R]:
    """Lets `help()` and editors show the arguments that are to be given."""
    whole = signature(call)
    shown = whole.replace(parameters=list(whole.parameters.values())[1:])
    vars(act)["__signature__"] = shown
    return act
