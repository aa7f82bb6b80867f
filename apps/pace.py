"""How often something may happen: so many at once, and so many a minute. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Pace:
    """What is left at `at_s` of an allowance of `at_once`, to which `a_minute` come back by and by."""

    at_once: int
    a_minute: int
    left: float
    at_s: float

    @classmethod
    def of(cls, *, at_once: int, a_minute: int, at_s: float) -> Pace:
        """A whole allowance."""
        return cls(at_once, a_minute, float(at_once), at_s)

    def after(self, at_s: float) -> Pace:
        """It at a later time."""
        back = max(0.0, at_s - self.at_s) * self.a_minute / 60
        return replace(self, left=min(float(self.at_once), self.left + back), at_s=at_s)

    @property
    def allows(self) -> bool:
        """Whether one more may be."""
        return self.left >= 1

    def less(self) -> Pace:
        """It after one more."""
        return replace(self, left=self.left - 1)
