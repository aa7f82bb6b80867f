"""What a version is held against when nobody says: the one before it and the one in production."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from vitrina.store.records import Version
from vitrina.store.versions import Stage


def rivals(version: Version, versions: Sequence[Version]) -> list[tuple[str, Version]]:
    """This version, the one in production, and the next lower one, each once and with its role.

    `versions` are all of its collection, the highest first.
    """
    chosen = [("this", version)]
    production = next((one for one in versions if one.stage is Stage.PRODUCTION), None)
    former = next((low for high, low in pairwise(versions) if high.id == version.id), None)
    for role, one in (("production", production), ("former", former)):
        if one is not None and one.id not in {taken.id for _, taken in chosen}:
            chosen.append((role, one))
    return chosen
