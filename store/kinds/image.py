"""An image: a file, its bytes, a Pillow image, an array of pixels, or a drawn figure. Never an address."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vitrina.store.kinds import pixels
from vitrina.store.kinds.figures import matplotlib
from vitrina.store.kinds.files import head_of, local_path
from vitrina.store.kinds.kind import KindError, Section, Taken
from vitrina.store.kinds.pictures import EXTENSIONS, Picture, sniff
from vitrina.store.libraries import comes_from, load
from vitrina.store.views import MediaView

NAME = "image"
SECTION = Section.IMAGES
TAKES = (
    "a path or the bytes of a PNG, JPEG, GIF, WebP, AVIF, BMP or SVG file, a Pillow image, a Matplotlib figure, or an "
    "array of height × width (× 1, 3 or 4 channels, first or last)"
)
PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")

Box = tuple[float, float, float, float]


def claims(value: object) -> bool:
    match value:
        case Path():
            return value.suffix.lower() in (*EXTENSIONS.values(), ".jpeg")
        case bytes():
            return sniff(value) is not None
        case _:
            return comes_from(value, "PIL", named="Image")


def take(
    value: object,
    *,
    dataformats: str | None = None,
    rescale: float | None = None,
    boxes: Sequence[Box] = (),
    alt: str = "",
) -> Taken:
    """`dataformats` ("HWC", "CHW" or "HW") says how an array lies; None finds it from its shape. `rescale` multiplies
    an array's values; None takes whole numbers as 0 to 255 and fractions as 0 to 1. `boxes` are drawn onto it, as left,
    top, right and bottom in pixels. `alt` says what it shows, for those who do not see it."""
    if len(boxes) > 0:
        value = pixels.with_boxes(_array(value, dataformats, rescale), boxes)
    if isinstance(value, (str, Path)):
        path = local_path(value)
        return _taken(path, sniff(head_of(path)), alt)
    encoded = _encoded(value, dataformats, rescale)
    return _taken(encoded, sniff(encoded), alt)


def view(summary: Mapping[str, Any], payload: bytes) -> MediaView:
    media_type = str(summary.get("media_type"))
    if media_type not in EXTENSIONS:
        raise KindError(f"{media_type} is no type of image.")
    return MediaView(media_type, "image", summary.get("width"), summary.get("height"), str(summary.get("alt", "")))


def _taken(payload: bytes | Path, picture: Picture | None, alt: str) -> Taken:
    if picture is None:
        raise KindError("its bytes are no picture that a browser shows")
    summary = {"media_type": picture.media_type, "width": picture.width, "height": picture.height, "alt": alt}
    return Taken(NAME, payload, picture.media_type, EXTENSIONS[picture.media_type], summary)


def _encoded(value: Any, dataformats: str | None, rescale: float | None) -> bytes:
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if comes_from(value, "PIL", named="Image"):
        buffer = io.BytesIO()
        (value if value.mode in PNG_MODES else value.convert("RGB")).save(buffer, format="PNG")
        return buffer.getvalue()
    if matplotlib.claims(value):
        return matplotlib.png_of(value)
    return pixels.png_of(pixels.array(value, dataformats=dataformats, rescale=rescale))


def _array(value: Any, dataformats: str | None, rescale: float | None) -> Any:
    """The pixels of whatever is an image; files are decoded, which needs Pillow."""
    if isinstance(value, (str, Path, bytes)) or comes_from(value, "PIL", named="Image") or matplotlib.claims(value):
        pillow = load("PIL.Image", extra="charts", purpose="Drawing boxes onto an image")
        source = local_path(value) if isinstance(value, (str, Path)) else io.BytesIO(_encoded(value, None, None))
        with pillow.open(source) as opened:
            return pixels.array(opened.convert("RGB"), dataformats="HWC", rescale=None)
    return pixels.array(value, dataformats=dataformats, rescale=rescale)
