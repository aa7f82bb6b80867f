"""Calls that promote what the run logged, in the words of Polyaxon's client."""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.store.errors import InvalidError
from vitrina.store.records import Version
from vitrina.store.refs import Noun
from vitrina.store.versions import Wanted, wanted
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.records import Aliased, Staged
from vitrina.tracking.versions import VersionHandle, stage_of


def promote_to_model_version(
    run: Recorder,
    version: str | VersionHandle,
    stage: str | None = None,
    *,
    description: str = "",
    artifacts: Sequence[str] = (),
    override: str | None = None,
) -> VersionHandle:
    """Gives a model version of this run a stage, a name, or both.

        promote_to_model_version(version, "production")
        promote_to_model_version("rev1", artifacts=["classifier"])          rev1 becomes an alias

    `version` is a handle, the number of a version that the run logged, or a word, which becomes its alias. `artifacts`
    names the model where the run logged several. `description` is kept as the reason. Gates may refuse a stage
    (GateRefusedError); `override` is the reason for going on all the same, which is kept too.
    """
    return _promote(run, Noun.MODEL, version, stage, reason=description, names=artifacts, override=override)


def promote_to_artifact_version(
    run: Recorder,
    version: str | VersionHandle,
    stage: str | None = None,
    *,
    description: str = "",
    artifacts: Sequence[str] = (),
    override: str | None = None,
) -> VersionHandle:
    """Gives an artifact version of this run a stage, a name, or both: as `promote_to_model_version`."""
    return _promote(run, Noun.ARTIFACT, version, stage, reason=description, names=artifacts, override=override)


def _promote(
    run: Recorder,
    noun: Noun,
    version: str | VersionHandle,
    stage: str | None,
    *,
    reason: str,
    names: Sequence[str],
    override: str | None,
) -> VersionHandle:
    wanted_stage = stage_of(stage) if stage is not None else None
    alias = version if isinstance(version, str) and wanted(version) is not Wanted.EXACT else None
    if wanted_stage is None and alias is None:
        raise InvalidError("Neither a stage nor an alias is given.", hint='Write stage="production".')
    chosen = version.record if isinstance(version, VersionHandle) else _logged(run, noun, version, names)
    sink = run.connection.sink
    if alias is not None:
        chosen = sink.mark(chosen, Aliased(alias, reason))
    if wanted_stage is not None:
        chosen = sink.mark(chosen, Staged(wanted_stage, reason, override))
    return VersionHandle(chosen, run.connection)


def _logged(run: Recorder, noun: Noun, number: str, names: Sequence[str]) -> Version:
    """The one version of this run that is meant: by its number if `number` is one, and by name if names are given."""
    logged = {one.ref: one for one in run.versions if one.collection.noun is noun}
    found = [one for one in logged.values() if not names or one.collection.name in names]
    if wanted(number) is Wanted.EXACT:
        found = [one for one in found if one.number == number]
    newest = {one.collection.id: one for one in found}
    if len(newest) != 1:
        there = ", ".join(logged) or f"no {noun.singular}"
        raise InvalidError(
            f"It is not clear which {noun.singular} of {run.ref} is meant: it logged {there}.",
            hint="Give the version that logging it returned.",
        )
    return next(iter(newest.values()))
