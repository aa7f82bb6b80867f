"""Arrays of pixels: from any library's array to 8 bits a channel, channels last, and from there to PNG."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vitrina.store.charts.theme import palette
from vitrina.store.kinds.kind import KindError
from vitrina.store.kinds.pictures import png
from vitrina.store.libraries import load

CHANNELS = (1, 2, 3, 4)
LAYOUTS = ("HW", "HWC", "CHW")
BOX_WIDTH = 2


def array(value: Any, *, dataformats: str | None, rescale: float | None) -> Any:
    """The array as uint8 of height × width × channels.

    Raises KindError for what is no array, has another shape, or has values beyond 0 to 255 without a `rescale`.
    """
    numpy = load("numpy", extra="frames", purpose="An image from an array")
    for method in ("detach", "cpu"):  # a torch tensor that needs gradients, or lies on a GPU, gives no array by itself
        value = getattr(value, method)() if hasattr(value, method) else value
    if not hasattr(value, "__array__") and not hasattr(value, "__array_interface__") and not isinstance(value, list):
        raise KindError("it is no image")
    return _bytes(numpy, _channels_last(numpy.asarray(value), dataformats), rescale)


def png_of(pixels: Any) -> bytes:
    """The PNG file of an array that `array` gave."""
    height, width, channels = pixels.shape
    return png(pixels.tobytes(), width=width, height=height, channels=channels)


def with_boxes(pixels: Any, boxes: Sequence[tuple[float, float, float, float]]) -> Any:
    """A copy in RGB with the frames of the boxes (left, top, right, bottom in pixels) drawn, in the colours of
    series."""
    numpy = load("numpy", extra="frames", purpose="Drawing boxes onto an image")
    grey = pixels.shape[2] < 3
    drawn = numpy.repeat(pixels[:, :, :1], 3, axis=2) if grey else pixels[:, :, :3].copy()
    height, width = drawn.shape[:2]
    colours = palette("light").category
    for place, box in enumerate(boxes):
        left, top, right, bottom = (round(float(edge)) for edge in box)
        left, right = max(0, left), min(width, right)
        top, bottom = max(0, top), min(height, bottom)
        frame = numpy.zeros((height, width), dtype=bool)
        frame[top:bottom, left:right] = True
        frame[top + BOX_WIDTH : bottom - BOX_WIDTH, left + BOX_WIDTH : right - BOX_WIDTH] = False
        drawn[frame] = list(bytes.fromhex(colours[(place + 1) % len(colours)][1:]))
    return drawn


def _channels_last(pixels: Any, dataformats: str | None) -> Any:
    shape = tuple(pixels.shape)
    layout = dataformats.upper() if dataformats else _layout(shape)
    if layout not in LAYOUTS or len(layout) != len(shape):
        raise KindError(f"an array of shape {shape} is no image in the layout {layout}", hint="It is HW, HWC or CHW.")
    pixels = pixels[:, :, None] if layout == "HW" else pixels.transpose(1, 2, 0) if layout == "CHW" else pixels
    if pixels.shape[2] not in CHANNELS or 0 in pixels.shape:
        raise KindError(f"an array of shape {shape} has {pixels.shape[2]} channels as {layout}")
    return pixels


def _layout(shape: tuple[int, ...]) -> str:
    match shape:
        case (_, _):
            return "HW"
        case (_, _, 1 | 3 | 4):
            return "HWC"
        case (1 | 3 | 4, _, _):
            return "CHW"
        case _:
            raise KindError(f"an array of shape {shape} is no image")


def _bytes(numpy: Any, pixels: Any, rescale: float | None) -> Any:
    if pixels.dtype.kind not in "buif":
        raise KindError(f"an array of {pixels.dtype} is no image")
    if pixels.dtype == numpy.uint8 and rescale is None:
        return numpy.ascontiguousarray(pixels)
    factor = rescale if rescale is not None else 255 if pixels.dtype.kind in "bf" else 1
    values = numpy.nan_to_num(pixels.astype(numpy.float64) * factor, nan=0.0, posinf=255.0, neginf=0.0)
    if rescale is None and (values.min() < -0.5 or values.max() > 255.5):
        hint = "Give whole numbers of 0 to 255, fractions of 0 to 1, or rescale=."
        raise KindError(f"its values go from {pixels.min()} to {pixels.max()}", hint=hint)
    return numpy.ascontiguousarray(numpy.clip(numpy.rint(values), 0, 255).astype(numpy.uint8))
