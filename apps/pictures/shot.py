"""What is asked of a picture, and why there is none. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from vitrina.apps.errors import AppError

WIDTH, HEIGHT, SCALE = 1024, 640, 1.25
"""Of the window, in its own pixels, and how many of the picture's make one of them: the form of a card's picture, wide
enough for the layout of a laptop, and no wider, since on a card everything is a third of its size."""


SECONDS = 60.0
"""That a page may take until it is drawn, on a machine that has better things to do."""


class PictureError(AppError):
    """No picture could be taken of an app."""

    status = 502


@dataclass(frozen=True)
class Shot:
    """One picture to be taken: `url` is where people see the app, `seconds` is how long its page may take.

    `browser` is the Chromium's program. A picture has `width` times `height` pixels, each multiplied by `scale`.
    """

    url: str
    browser: str
    seconds: float = SECONDS
    width: int = WIDTH
    height: int = HEIGHT
    scale: float = SCALE

    def text(self) -> str:
        """The shot as an argument of a program."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> Shot:
        """The shot of such an argument."""
        return cls(**json.loads(text))
