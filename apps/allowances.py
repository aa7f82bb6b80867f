"""Who may have how many apps running, and what is said to whoever may not. Pure: counts in, a decision out.

Two kinds of limit: what the *machine* can bear makes people wait in a queue; what *one* person, project or the visitors
together may take makes the hub say no, since waiting would not help.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from vitrina.apps.errors import AppError


class Somebody(Enum):
    """On whose account an instance may run, besides persons with an account."""

    HUB = "the hub itself"
    """By itself: kept running, or found running."""

    CAMERA = "the hub, for a picture"
    """Nobody wanted it: it counts against nobody, and gives way to whoever needs its room."""

    VISITOR = "a visitor without account"


Payer = str | Somebody
"""On whose account an instance runs: a person's name, or somebody else."""


@dataclass(frozen=True)
class Charge:
    """What one instance that runs, or waits to, counts for."""

    payer: Payer
    project: str

    @property
    def gives_way(self) -> bool:
        """Whether it is stopped before anybody has to wait for it."""
        return self.payer is Somebody.CAMERA


@dataclass(frozen=True)
class Allowances:
    """How many instances may run at a time; the defaults suit one machine with some memory.

    `instances` in all, `starts` on their way at a time, `waiting` in the queue; `per_person`, `per_project`, and
    `visitors` for all visitors without account together. What the hub keeps running by itself counts for the machine
    and the project only.
    """

    instances: int = 100
    starts: int = field(default_factory=lambda: max(4, 2 * (os.cpu_count() or 1)))
    waiting: int = 500
    per_person: int = 20
    per_project: int = 50
    visitors: int = 50


class RefusedError(AppError):
    """An app is not started, since somebody has too many running already."""

    status = 429
    permanent = False


class Held(Enum):
    """Why the first in the queue has to wait; the value is a line for people."""

    STARTS = "Others are starting just now."
    INSTANCES = "As many apps run as this hub may run; one that nobody uses makes room."
    MEMORY = "The machine is short of memory; apps that nobody uses make room."


def held(allowances: Allowances, *, running: int, starting: int, is_tight: bool) -> Held | None:
    """Why the next start has to wait; None: it may begin. `running` counts all that take room, also those starting."""
    if running >= allowances.instances:
        return Held.INSTANCES
    if is_tight:
        return Held.MEMORY
    return Held.STARTS if starting >= allowances.starts else None


def refusal(allowances: Allowances, wanted: Charge, *, others: Iterable[Charge], waiting: int) -> RefusedError | None:
    """Why one more instance is refused; None: it is not. `others` run or wait, `waiting` says how many of them wait."""
    others = [one for one in others if wanted.gives_way or not one.gives_way]
    if waiting >= allowances.waiting:
        return RefusedError(f"{waiting} apps wait for their start already.", hint="Try again in some minutes.")
    if sum(one.project == wanted.project for one in others) >= allowances.per_project:
        return RefusedError(
            f"{allowances.per_project} apps of {wanted.project} run, and no project may have more.",
            hint=f"Somebody who maintains it can stop one: vitrina app list {wanted.project}, vitrina app stop REF",
        )
    mine = sum(one.payer == wanted.payer for one in others)
    match wanted.payer:
        case Somebody.HUB | Somebody.CAMERA:
            return None
        case Somebody.VISITOR if mine >= allowances.visitors:
            return RefusedError(
                f"{allowances.visitors} apps run for visitors without account, and no more may.",
                hint="Sign in, or try again in some minutes: apps that nobody uses stop by themselves.",
            )
        case str() if mine >= allowances.per_person:
            return RefusedError(
                f"You have {allowances.per_person} apps running, and nobody may have more.",
                hint="Close one that you do not need and wait until it stops, or stop it: vitrina app stop REF",
            )
        case _:
            return None
