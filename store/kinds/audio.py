"""Sound: a file, its bytes, or an array of samples."""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrina.store.kinds.files import head_of, local_path
from vitrina.store.kinds.kind import KindError, Section, Taken
from vitrina.store.kinds.sounds import AUDIO, sniff_audio
from vitrina.store.libraries import load
from vitrina.store.views import MediaView

NAME = "audio"
SECTION = Section.AUDIO
TAKES = "a path or the bytes of a WAV, MP3, Ogg, FLAC or M4A file, or an array of samples with sample_rate="

LOUDEST = 32_767


def claims(value: object) -> bool:
    if isinstance(value, Path):
        return value.suffix.lower() in (*AUDIO.values(), ".oga", ".opus")
    return isinstance(value, bytes) and sniff_audio(value) is not None


def take(value: object, *, sample_rate: int | None = None, alt: str = "") -> Taken:
    """`sample_rate` is samples a second, needed for an array: one of samples, or samples × channels (at most 8), as
    fractions of -1 to 1 (louder is cut) or 16-bit whole numbers. `alt` says what is heard."""
    if isinstance(value, (str, Path)):
        path = local_path(value)
        return _taken(path, sniff_audio(head_of(path)), alt)
    if isinstance(value, (bytes, bytearray)):
        return _taken(bytes(value), sniff_audio(bytes(value)), alt)
    if sample_rate is None:
        raise KindError("samples need sample_rate=")
    return _taken(_wave(value, sample_rate), "audio/wav", alt)


def view(summary: Mapping[str, Any], payload: bytes) -> MediaView:
    media_type = str(summary.get("media_type"))
    if media_type not in AUDIO:
        raise KindError(f"{media_type} is no type of audio.")
    return MediaView(media_type, "audio", None, None, str(summary.get("alt", "")))


def _taken(payload: bytes | Path, media_type: str | None, alt: str) -> Taken:
    if media_type is None:
        raise KindError("its bytes are no sound that a browser plays")
    summary: dict[str, Any] = {"media_type": media_type, "alt": alt, "duration_s": _duration(payload, media_type)}
    return Taken(NAME, payload, media_type, AUDIO[media_type], summary)


def _duration(payload: bytes | Path, media_type: str) -> float | None:
    """Seconds of a WAV file; None for others, whose formats do not say it in one place, and for WAV that is not PCM."""
    if media_type != "audio/wav":
        return None
    try:
        with wave.open(str(payload) if isinstance(payload, Path) else io.BytesIO(payload)) as sound:
            return round(sound.getnframes() / sound.getframerate(), 3)
    except (wave.Error, EOFError):
        return None


def _wave(value: Any, sample_rate: int) -> bytes:
    numpy = load("numpy", extra="frames", purpose="Sound from an array")
    samples = numpy.asarray(value)
    if samples.ndim == 2 and samples.shape[0] <= 8 < samples.shape[1]:
        samples = samples.T
    if samples.ndim not in (1, 2) or samples.size == 0 or samples.dtype.kind not in "if":
        raise KindError(f"an array of shape {samples.shape} and type {samples.dtype} is no sound")
    if samples.dtype.kind == "f":
        samples = numpy.rint(numpy.clip(numpy.nan_to_num(samples), -1, 1) * LOUDEST)
    elif samples.dtype != numpy.int16:
        raise KindError(
            f"samples of {samples.dtype} have no known loudness", hint="Give fractions of -1 to 1, or int16."
        )
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        sound.setsampwidth(2)
        sound.setframerate(sample_rate)
        sound.writeframes(numpy.ascontiguousarray(samples.astype("<i2")).tobytes())
    return buffer.getvalue()
