"""Who may do what: the one decision, `may`, and the same rule for lists (`visible_to`).

Every page, route, app, embed and command asks here, and nowhere else is it said. All things reduce to the visibility of
their project; the hub itself (its status, its apps' life) is a place of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from vitrina.store.errors import VitrinaError
from vitrina.store.lookup import Found
from vitrina.store.records import App, Collection, Project, Report, Run, User, Version, Visibility


class Action(StrEnum):
    """What can be asked for; the value is the word that pages use."""

    READ = "read"
    OPEN_APP = "open"
    FEEDBACK = "see feedback"
    """See what people tried in apps, which may be personal data: never a visitor's, however public the project is."""

    WRITE = "write"
    """Log, publish, describe, promote."""

    MANAGE = "manage"
    """Change who may see it; stop its apps; for the hub: see what runs on it."""


class ForbiddenError(VitrinaError):
    """Somebody may see a thing, but not do this to it."""

    status = 403

    def __init__(self, action: Action) -> None:
        self.action = action
        super().__init__(
            f"This takes the right to {action.value}, which you do not have here.",
            hint="Sign in with the link that the hub printed at its start, or print a new one: vitrina hub link",
        )


class Standing(Enum):
    """How a subject stands to a thing."""

    VISITOR = "whoever connects"
    LOCAL = "the local user, by session or token"


class Hub(Enum):
    """The hub itself, as a thing that one may act on."""

    HUB = "hub"


HUB = Hub.HUB

Place = Visibility | Hub
"""What things reduce to."""

Thing = Project | Run | Collection | Version | App | Report | Found | Hub

_NOTHING: frozenset[Action] = frozenset()
_ALL = frozenset(Action)

RIGHTS: Mapping[Standing, Mapping[Place, frozenset[Action]]] = {
    Standing.VISITOR: {
        Visibility.PUBLIC: frozenset({Action.READ, Action.OPEN_APP}),
        Visibility.INTERNAL: _NOTHING,
        Visibility.PRIVATE: _NOTHING,
        HUB: _NOTHING,
    },
    Standing.LOCAL: {
        Visibility.PUBLIC: _ALL,
        Visibility.INTERNAL: _ALL,
        Visibility.PRIVATE: _ALL,
        HUB: _ALL,
    },
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks."""

    user: User | None
    """None: a visitor."""

    groups: tuple[str, ...] = ()
    """Names of the groups they are in, as apps are told them."""

    @property
    def name(self) -> str | None:
        return self.user.name if self.user is not None else None

    @property
    def standing(self) -> Standing:
        return Standing.LOCAL if self.user is not None else Standing.VISITOR


VISITOR = Subject(None)


def may(subject: Subject, action: Action | str, thing: Thing) -> bool:
    """Whether the subject may do this to the thing. A word that is no action is our own mistake: ValueError."""
    return Action(action) in RIGHTS[subject.standing][place_of(thing)]


def demand(subject: Subject, action: Action, thing: Thing) -> None:
    """Raises ForbiddenError unless the subject may. For what it may read: the rest it must not even find."""
    if not may(subject, action, thing):
        raise ForbiddenError(action)


def visible_to(subject: Subject) -> list[Visibility]:
    """The visibilities of the projects that a subject may read: the filter of lists, given to SQL."""
    rights = RIGHTS[subject.standing]
    return [visibility for visibility in Visibility if Action.READ in rights[visibility]]


def place_of(thing: Thing) -> Place:
    """What decides over a thing. Logged objects, files and blobs are asked for by their project."""
    match thing:
        case Hub():
            return thing
        case Project():
            return thing.visibility
        case Run() | Collection() | Report() | Found():
            return thing.project.visibility
        case Version():
            return thing.collection.project.visibility
        case App():
            return thing.version.collection.project.visibility
