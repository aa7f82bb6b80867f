"""What apps record of what people try, and what becomes of it. What is too large or too often never comes so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from vitrina.apps.feedback import Intake, Recorded, Said
from vitrina.hub.measures.families import Family, counter

OUTCOMES = (Recorded.KEPT, Recorded.SWITCHED_OFF, Recorded.FULL, Recorded.NOT_NOW)


class Recordings:
    """Counts; lives in one event loop."""

    def __init__(self) -> None:
        self._became = Counter[Recorded](dict.fromkeys(OUTCOMES, 0))

    def counted(self, intake: Intake) -> Intake:
        """An intake that does the same, and is counted."""

        def take(key: str, number: int, said: Said, /) -> Recorded:
            became = intake(key, number, said)
            self._became[became] += 1
            return became

        return take

    def families(self) -> Sequence[Family]:
        """How it stands."""
        became = {(one.name.lower(),): count for one, count in self._became.items()}
        return (counter("app_feedback", "Feedback of apps, by what became of it.", became, labels=("outcome",)),)
