"""How runs begin: `run` and `init`, and what ends those that nobody ended."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterable

from vitrina.store.errors import VitrinaError
from vitrina.tracking import last_words
from vitrina.tracking.about import tags_of
from vitrina.tracking.connections import CONNECTIONS
from vitrina.tracking.current import CURRENT
from vitrina.tracking.last_words import Tally
from vitrina.tracking.runs import Run, utc_now
from vitrina.tracking.settings import Settings, read_settings
from vitrina.tracking.sinks.sink import Join, Start


def run(
    name: str | None = None,
    project: str | None = None,
    *,
    owner: str | None = None,
    tags: str | Iterable[str] = (),
    description: str = "",
    run_uuid: str | None = None,
    is_new: bool = False,
    is_offline: bool = False,
    track_code: bool = True,
    track_env: bool = True,
) -> Run:
    """Begins a run, which is then the current one. Best in a `with` block, with which it ends:

        with tracking.run("baseline", project="acme/churn", tags=["nightly"]) as run:
            run.log_inputs(lr=0.1)

    `project` is `owner/name`, or a name beside `owner`; neither: VITRINA_PROJECT, else local/default. Projects that do
    not exist are made. `name` None calls the run by its id.

    `run_uuid` gives the run that id, or continues the run that has it; with `is_new` it must be free. Without it, the
    run that VITRINA_RUN names is joined, and, if it is running, stays that of whoever began it to end.

    `track_code` keeps the git commit, `track_env` interpreter, host and packages. `is_offline` is refused: this release
    does not log offline.
    """
    settings = read_settings(owner=owner, project=project, is_offline=is_offline)
    start = _start(settings, name, run_uuid, is_new=is_new, tags=tags_of(tags), description=description)
    return _begin(settings, start, track_code=track_code, track_env=track_env)


def init(
    owner: str | None = None,
    project: str | None = None,
    run_uuid: str | None = None,
    *,
    name: str | None = None,
    description: str = "",
    tags: str | Iterable[str] = (),
    is_new: bool = False,
    is_offline: bool = False,
    track_code: bool = True,
    track_env: bool = True,
    track_logs: bool = False,
    artifacts_path: str | None = None,
) -> Run:
    """Begins a run, as `run` does, for scripts that call `end`, or leave that to the end of the process.

    `track_logs` and `artifacts_path` are taken for the sake of scripts that give them, and change nothing: what the
    script prints is not kept, and what it logs needs no folder of its own.
    """
    del track_logs, artifacts_path
    return run(
        name,
        project,
        owner=owner,
        tags=tags,
        description=description,
        run_uuid=run_uuid,
        is_new=is_new,
        is_offline=is_offline,
        track_code=track_code,
        track_env=track_env,
    )


def end() -> None:
    """Ends the current run, succeeded unless a status was logged. Nothing happens when there is none."""
    current = CURRENT.find()
    if isinstance(current, Run):
        current.end()


def _start(
    settings: Settings, name: str | None, uuid: str | None, *, is_new: bool, tags: tuple[str, ...], description: str
) -> Start:
    if uuid is not None:
        key, join = uuid, Join.NEW if is_new else Join.RESUME
    elif settings.run is not None and not is_new:
        key, join = settings.run, Join.EXISTING
    else:
        key, join = None, Join.NEW
    return Start(settings.owner, settings.project, key, join, name, description, tags)


def _begin(settings: Settings, start: Start, *, track_code: bool, track_env: bool) -> Run:
    connection = CONNECTIONS.to(settings)
    begun = connection.sink.begin(start)
    terminal = last_words.terminal()
    made = Run(begun, connection, clock=utc_now, say=terminal.write if terminal is not None else None)
    CURRENT.enter(made)
    if begun.is_ours and not made.is_disabled:
        if track_code:
            made.log_code_ref()
        if track_env:
            made.log_env()
        made.tally = Tally()  # the last words tell what the script logged
    return made


def _end_all() -> None:
    """Ends what the process leaves open. An exception that nobody caught is known by then: Python keeps the last one
    for debuggers, before any hook has seen it."""
    error: BaseException | None = getattr(sys, "last_value", None)
    for left in CURRENT.going_on():
        try:
            if isinstance(left, Run):
                left.end_with_process(error)
        except VitrinaError as failure:
            sys.stderr.write(f"The run {left.ref} could not be marked as ended: {failure}\n")
    CONNECTIONS.close()


atexit.register(_end_all)
