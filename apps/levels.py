"""How strongly apps are held apart from the hub and from each other. Pure."""

from __future__ import annotations

from enum import StrEnum

from vitrina.store.serving import Network as Network


class Level(StrEnum):
    """The walls around an app; each level has those of the levels before it, or stronger ones in their place."""

    PROCESS = "process"
    """Its own process, environment and folder, with limits and without privileges."""

    LANDLOCK = "landlock"
    """And Landlock: the app reads its bundle, its environment and its folder, writes in its folder, signals nobody."""

    SANDBOX = "sandbox"
    """And bubblewrap around the nursery, and namespaces of its own for each app: it sees nobody else and no network."""

    def has(self, other: Level) -> bool:
        """Whether this level is as strong as the other one."""
        order = list(Level)
        return order.index(self) >= order.index(other)
