"""Where this process logs to: what the environment says, and what a call says over it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from vitrina.store import home
from vitrina.store.errors import InvalidError
from vitrina.store.home import Place
from vitrina.store.names import name_of, owner_name

DEFAULT_OWNER = "local"
DEFAULT_PROJECT = f"{DEFAULT_OWNER}/default"


class Mode(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"
    DISABLED = "disabled"


class BadSettingError(InvalidError):
    """A variable of the environment, or the argument that stands for it, has a value that cannot be used."""

    def __init__(self, name: str, value: str, *, hint: str) -> None:
        self.name = name
        super().__init__(f"{name} is {value!r}, which cannot be used.", hint=hint)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is decided before the first record: the store, the project, and the run to join."""

    place: Place
    owner: str
    project: str
    run: str | None = None
    """The id or name of a run to join (VITRINA_RUN); None: none."""

    is_disabled: bool = False
    """Whether nothing is to be kept at all."""


def read_settings(
    *,
    owner: str | None = None,
    project: str | None = None,
    is_offline: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The environment's settings; `owner` and `project` (`owner/name`, or a name of `owner`) win over VITRINA_PROJECT.

    Raises BadSettingError for an unknown mode, for offline logging and for the address of a hub, which this client
    cannot write to.
    """
    variables = os.environ if environment is None else environment
    mode = _mode("offline" if is_offline else variables.get("VITRINA_MODE") or Mode.ONLINE)
    place = home.place(environment=variables)
    if mode is Mode.ONLINE:
        _check_url(place.url)
    whose, which = _project(owner, project, variables.get("VITRINA_PROJECT") or DEFAULT_PROJECT)
    return Settings(place, whose, which, variables.get("VITRINA_RUN") or None, mode is Mode.DISABLED)


def _mode(text: str) -> Mode:
    try:
        mode = Mode(text.strip().lower())
    except ValueError:
        raise BadSettingError("VITRINA_MODE", text, hint="Use online or disabled.") from None
    if mode is Mode.OFFLINE:
        raise BadSettingError(
            "VITRINA_MODE", text, hint="This release does not log offline; the store in VITRINA_HOME needs no network."
        )
    return mode


def _check_url(url: str) -> None:
    if url.startswith(("http://", "https://")):
        raise BadSettingError(
            "VITRINA_URL",
            url,
            hint="This release logs to a database: give the hub's own store, as sqlite:///… or postgresql+psycopg://….",
        )


def _project(owner: str | None, project: str | None, default: str) -> tuple[str, str]:
    """An argument `owner/name` is whole; a bare name is the given owner's, else the owner's of the default."""
    whose, _, which = (project or default).rpartition("/")
    if owner and project and whose and owner.lower() != whose.lower():
        raise BadSettingError("project", project, hint=f"It names another owner than {owner!r}: give one of them.")
    found = owner or whose or default.rpartition("/")[0] or DEFAULT_OWNER
    return owner_name(found), name_of("a project", which)
