"""Where things lie: the variables of the environment and their defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

BLOBS_FOLDER = "blobs"


@dataclass(frozen=True, slots=True)
class Place:
    """A store's place: its database, its blobs, and the folder for everything else."""

    home: Path
    url: str
    blobs: str | None
    """A folder or `s3://…`; None: not said, then the store's own memory decides, else the folder in `home`."""


def place(
    *,
    url: str | None = None,
    blobs: str | None = None,
    home: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Place:
    """What is given wins over the environment (VITRINA_HOME, VITRINA_URL, VITRINA_BLOBS), and that over defaults."""
    variables = os.environ if environment is None else environment
    folder = (home or Path(variables.get("VITRINA_HOME") or "~/.vitrina")).expanduser().absolute()
    address = url or (None if home is not None else variables.get("VITRINA_URL")) or f"sqlite:///{folder / 'store.db'}"
    place_of_blobs = blobs or variables.get("VITRINA_BLOBS") or None
    if place_of_blobs is not None and "://" not in place_of_blobs:
        place_of_blobs = str(Path(place_of_blobs).expanduser().absolute())
    return Place(folder, address, place_of_blobs)
