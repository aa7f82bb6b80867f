"""Sound, film, text and files."""

from __future__ import annotations

import hashlib
import io
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vitrina.store import kinds
from vitrina.store.kinds import KindError
from vitrina.store.views import MediaView, TableView, TextView


def sound_of(payload: bytes | Path) -> tuple[np.ndarray, int, int]:
    assert isinstance(payload, bytes)
    with wave.open(io.BytesIO(payload)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        return samples, sound.getnchannels(), sound.getframerate()


def test_samples_become_a_wave_file() -> None:
    taken = kinds.take(np.array([0, 0.5, -1, 2.0]), kind="audio", sample_rate=8_000)
    samples, channels, rate = sound_of(taken.payload)
    assert (samples.tolist(), channels, rate) == ([0, 16384, -32767, 32767], 1, 8_000)
    assert taken.summary["duration_s"] == round(4 / 8_000, 3)


def test_channels_of_sound_may_come_first_or_last() -> None:
    stereo = np.zeros((100, 2), np.int16)
    stereo[:, 1] = 7
    for samples in (stereo, stereo.T):
        read, channels, _ = sound_of(kinds.take(samples, kind="audio", sample_rate=8_000).payload)
        assert (channels, read[:4].tolist()) == (2, [0, 7, 0, 7])


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"OggS" + bytes(40), "audio/ogg"),
        (b"fLaC", "audio/flac"),
        (b"\0\0\0\x20ftypM4A ", "audio/mp4"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav"),
    ],
)
def test_sound_is_known_by_its_first_bytes(head: bytes, media_type: str, tmp_path: Path) -> None:
    (tmp_path / "sound").write_bytes(head)
    assert kinds.take(tmp_path / "sound", kind="audio").media_type == media_type


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"\0\0\0\x18ftypqt  ", "video/quicktime"),
        (b"\x1aE\xdf\xa3", "video/webm"),
        (b"OggS" + bytes(24) + b"\x80theora", "video/ogg"),
    ],
)
def test_film_is_known_by_its_first_bytes(head: bytes, media_type: str, tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(head)
    taken = kinds.take(tmp_path / "film", kind="video")
    assert taken.media_type == media_type
    assert taken.payload == tmp_path / "film"


def test_frames_become_a_moving_picture() -> None:
    frames = np.zeros((3, 4, 6, 3), np.uint8)
    frames[1] = 255
    taken = kinds.take(frames, kind="video", fps=4)
    assert isinstance(taken.payload, bytes)
    with Image.open(io.BytesIO(taken.payload)) as film:
        film.load()
        assert (film.format, film.n_frames, film.size, film.info["duration"]) == ("WEBP", 3, (6, 4), 250)
    assert kinds.view("video", taken.summary, b"") == MediaView("image/webp", "image", 6, 4, "")


@pytest.mark.parametrize(
    ("kind", "value", "options", "message"),
    [
        ("audio", np.zeros(3), {}, "need sample_rate="),
        ("audio", np.zeros((3, 3, 3)), {"sample_rate": 1}, "is no sound"),
        ("audio", np.zeros(3, np.int64), {"sample_rate": 1}, "no known loudness"),
        ("audio", "https://example.org/a.wav", {}, "nothing is fetched"),
        ("audio", b"hello", {}, "no sound that a browser plays"),
        ("video", [], {}, "has no frames"),
        ("video", np.zeros((2, 2, 2, 3)), {"fps": 0}, "fps is 0"),
        ("video", "http://example.org/a.mp4", {}, "nothing is fetched"),
        ("video", b"hello", {}, "no film that a browser plays"),
        ("file", Path("/"), {}, "is a folder"),
        ("file", Path("nowhere.bin"), {}, "cannot be read"),
        ("text", Path("nowhere.txt"), {}, "cannot be read"),
    ],
)
def test_what_cannot_be_played_or_read_is_refused(kind: str, value: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(KindError, match=message):
        kinds.take(value, kind=kind, **options)


def test_a_media_type_that_is_not_of_the_kind_is_never_shown() -> None:
    for kind in ("image", "audio", "video"):
        with pytest.raises(KindError, match="text/html is no type of"):
            kinds.view(kind, {"media_type": "text/html"}, b"")


def test_a_file_is_known_by_its_digest(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(bytes(10))
    taken = kinds.take(path)
    assert taken.payload == path
    assert taken.summary["sha256"] == hashlib.sha256(bytes(10)).hexdigest()
    shown = kinds.view("file", taken.summary, path.read_bytes())
    assert isinstance(shown, TableView)
    assert ("name", "weights.bin") in shown.rows


def test_a_very_long_text_file_is_told_of_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n" * 50_000)
    taken = kinds.take(tmp_path / "rows.csv")
    assert isinstance(kinds.view("file", taken.summary, (tmp_path / "rows.csv").read_bytes()), TableView)
    assert kinds.view("file", taken.summary, b"a,b\n") == TextView("a,b\n", "plain")


def test_a_text_that_is_not_utf8_is_refused_with_the_place(tmp_path: Path) -> None:
    (tmp_path / "old.md").write_bytes(b"caf\xe9")
    with pytest.raises(KindError, match=r"old\.md is not UTF-8 \(byte 3\)"):
        kinds.take(tmp_path / "old.md")


def test_a_path_in_a_str_is_text_until_a_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    path = str(tmp_path / "notes.txt")
    assert kinds.take(path).kind == "text"
    assert kinds.take(path, kind="file").summary["size_bytes"] == 5
