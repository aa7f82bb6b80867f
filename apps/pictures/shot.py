"""What is asked of a picture, and why there is none. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from vitrina.apps.errors import AppError

WIDTH, HEIGHT = 1280, 800
"""Of the window, in its own pixels: the form of a card's picture, and wide enough for the layout of a laptop."""


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
    seconds: float = 40.0
    width: int = WIDTH
    height: int = HEIGHT
    scale: int = 1

    def text(self) -> str:
        """The shot as an argument of a program."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> Shot:
        """The shot of such an argument."""
        return cls(**json.loads(text))
