"""What somebody wants to have running: which app, how it is to be served, and how to come by its files."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vitrina.store.serving import Serving

if TYPE_CHECKING:
    from vitrina.apps.spec import AppSpec

OnStep = Callable[[str], None]
"""Gets one line for people at each step."""

Build = Callable[[OnStep], Coroutine[Any, Any, "AppSpec"]]
"""Makes all ready that a start takes: files on disk, environment. Its steps are told; what it raises is the reason of a
crash. May be cancelled."""


@dataclass(frozen=True)
class Order:
    """An app revision that can be had running.

    `key`, `ref`, `origin` and `prefix` are those of its spec, `bundle_digest` too: an instance that is found running
    with another one is not this app. `project` is whose instances are counted together.
    """

    key: str
    ref: str
    project: str
    bundle_digest: str
    origin: str
    build: Build
    prefix: str = ""
    first_step: str = "Fetching its files."
    """What people are told when its turn has come."""

    serving: Serving = field(default_factory=Serving)
    """Its network is the spec's: an instance that has another one gives way to one that has this."""


def ready_made(spec: AppSpec) -> Order:
    """The order of an app whose files are there already."""

    async def build(_: OnStep) -> AppSpec:
        return spec

    project = "/".join(spec.ref.split("/")[:2])
    serving = Serving(network=spec.network)
    return Order(spec.key, spec.ref, project, spec.bundle_digest, spec.origin, build, spec.prefix, serving=serving)
