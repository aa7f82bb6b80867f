"""Film: a file, its bytes, or an array of frames."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrina.store.kinds import pixels
from vitrina.store.kinds.files import head_of, local_path
from vitrina.store.kinds.kind import KindError, Section, Taken
from vitrina.store.kinds.sounds import VIDEO, sniff_video
from vitrina.store.libraries import load
from vitrina.store.views import MediaView

NAME = "video"
SECTION = Section.VIDEO
TAKES = "a path or the bytes of an MP4, WebM, Ogg or QuickTime file, or an array of frames × height × width × channels"

FRAMES = "image/webp"
"""What frames become: an animated picture needs no codec, plays by itself, and loses nothing."""


def claims(value: object) -> bool:
    if isinstance(value, Path):
        return value.suffix.lower() in VIDEO.values()
    return isinstance(value, bytes) and sniff_video(value) is not None


def take(value: object, *, fps: float = 10, dataformats: str | None = None, alt: str = "") -> Taken:
    """`fps` is frames a second, and `dataformats` how a frame lies ("HWC", "CHW" or "HW"; None finds it), both for an
    array of frames only, which becomes an animated WebP. `alt` says what is seen."""
    if isinstance(value, (str, Path)):
        path = local_path(value)
        return _taken(path, sniff_video(head_of(path)), alt)
    if isinstance(value, (bytes, bytearray)):
        return _taken(bytes(value), sniff_video(bytes(value)), alt)
    return _of_frames(value, fps, dataformats, alt)


def view(summary: Mapping[str, Any], payload: bytes) -> MediaView:
    media_type, alt = str(summary.get("media_type")), str(summary.get("alt", ""))
    if media_type == FRAMES:
        return MediaView(media_type, "image", summary.get("width"), summary.get("height"), alt)
    if media_type not in VIDEO:
        raise KindError(f"{media_type} is no type of video.")
    return MediaView(media_type, "video", None, None, alt)


def _taken(payload: bytes | Path, media_type: str | None, alt: str) -> Taken:
    if media_type is None:
        raise KindError("its bytes are no film that a browser plays")
    return Taken(NAME, payload, media_type, VIDEO[media_type], {"media_type": media_type, "alt": alt})


def _of_frames(value: Any, fps: float, dataformats: str | None, alt: str) -> Taken:
    if fps <= 0:
        raise KindError(f"fps is {fps}, where frames a second are above zero")
    if not hasattr(value, "__len__") or len(value) == 0 or isinstance(value, (dict, str)):
        raise KindError("it has no frames")
    pillow = load("PIL.Image", extra="charts", purpose="A film from an array")
    arrays = [pixels.array(frame, dataformats=dataformats, rescale=None) for frame in value]
    frames = [pillow.fromarray(array[:, :, 0] if array.shape[2] == 1 else array).convert("RGB") for array in arrays]
    buffer = io.BytesIO()
    duration = round(1000 / fps)
    frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], duration=duration, loop=0, lossless=True)
    height, width = arrays[0].shape[:2]
    summary = {"media_type": FRAMES, "alt": alt, "width": width, "height": height, "frames": len(frames), "fps": fps}
    return Taken(NAME, buffer.getvalue(), FRAMES, ".webp", summary)
