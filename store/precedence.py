"""The order of versions as columns, so that a database sorts them as semver.org does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from semantic_version import Version

RELEASE_KEY = "~"
"""Sorts after every pre-release key: `~` is the highest printable ASCII letter."""

LARGEST_PART = 2**31 - 1
"""The parts are kept in integer columns."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A version in columns whose order is semver's precedence."""

    major: int
    minor: int
    patch: int
    pre_key: str
    """Compared byte by byte; RELEASE_KEY where there is no pre-release."""

    @property
    def place(self) -> tuple[int, int, int, str]:
        """Tuples compare as versions do. Build metadata has no part in that."""
        return self.major, self.minor, self.patch, self.pre_key


def columns(version: Version) -> Columns:
    key = pre_release_key(version.prerelease) if version.prerelease else RELEASE_KEY
    return Columns(version.major, version.minor, version.patch, key)


def pre_release_key(identifiers: Sequence[str]) -> str:
    """Numbers before words, numbers by value, words by ASCII. The joining space sorts before every letter allowed."""
    return " ".join(f"0{len(one):04}{one}" if one.isdecimal() else f"1{one}" for one in identifiers)
