"""Gates: what is asked before a version gets a stage that people rely on.

A kind of gate is a class in a file of its own beside what it asks about, and one line in `GATES` of
`vitrina.store.promotions`. They are asked in that order, all of them, so that whoever promotes sees at once all that
is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from sqlalchemy import Connection

from vitrina.store.errors import ConflictError, InvalidError
from vitrina.store.records import Override, Refusal, Version
from vitrina.store.versions import Stage

GUARDED = frozenset({Stage.STAGING, Stage.PRODUCTION})
"""The stages whose gates are asked: to archive a version, or to take a stage away, is always free."""


class Answer(Enum):
    PASSES = "nothing speaks against it, or the gate has nothing to say of such a version"
    REFUSES = "it must not get the stage, unless somebody overrides that with a reason"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate says of one version and one stage."""

    answer: Answer
    reason: str = ""
    """One sentence that stands alone and says what is missing: "3 of 8 checks failed: age is not null, …"."""


PASSES = Verdict(Answer.PASSES)


def refuses(reason: str) -> Verdict:
    """The verdict of a gate that is closed, with the sentence that says why."""
    return Verdict(Answer.REFUSES, reason)


class Gate(Protocol):
    """Something that must be so before a version gets a stage.

    It is asked inside the transaction that promotes, while the collection is locked, so that what it found is still so
    when the version has the stage. It only reads, only through that connection, and waits for nothing. Versions are of
    models, datasets and artifacts; a gate that is about one of them passes the others. What it raises stops the
    promotion and cannot be overridden: that is for a store that cannot be read.
    """

    @property
    def name(self) -> str:
        """A word in a-z and -, by which the log names what was overridden: `checks`, `reviews`."""
        ...

    @property
    def asks(self) -> str:
        """What it asks, for people: "Did every check of the data pass?"."""
        ...

    def verdict(self, connection: Connection, version: Version, stage: Stage) -> Verdict:
        """Whether this version may have this stage (one of GUARDED) now."""
        ...


class GateRefusedError(ConflictError):
    """A version may not have a stage; `refusals` are the gates that said so, and why."""

    def __init__(self, ref: str, stage: Stage, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        said = " ".join(f"{refusal.reason} [{refusal.gate}]" for refusal in refusals)
        super().__init__(
            f"{ref} may not go to {stage}: {said}",
            hint='Mend that, or override it with a reason: override="…" (on the command line: --override).',
        )


class NoReasonError(InvalidError):
    """Gates are overridden by somebody who says why."""

    def __init__(self) -> None:
        super().__init__("An override without a reason says nothing.", hint='Write override="why this may go on".')


def ask(
    gates: Sequence[Gate], connection: Connection, version: Version, stage: Stage | None, *, override: str | None
) -> Override | None:
    """Asks all gates of a stage; gives what was overridden, None where nothing had to be.

    `override` is the reason for going on although gates refuse; None: there is none, and a refusal raises
    GateRefusedError. Raises NoReasonError for an empty one.
    """
    if override is not None and not override.strip():
        raise NoReasonError
    if stage is None or stage not in GUARDED:
        return None
    verdicts = [(gate.name, gate.verdict(connection, version, stage)) for gate in gates]
    refusals = tuple(Refusal(name, said.reason) for name, said in verdicts if said.answer is Answer.REFUSES)
    if not refusals:
        return None
    if override is None:
        raise GateRefusedError(version.ref, stage, refusals)
    return Override(override.strip(), refusals)
