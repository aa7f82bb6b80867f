"""Images: what files say of themselves, how arrays become pixels, and what is refused."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from vitrina.store import kinds
from vitrina.store.kinds import KindError
from vitrina.store.kinds.pictures import png, sniff


def pixels_of(payload: bytes | Path) -> np.ndarray:
    assert isinstance(payload, bytes)
    return np.asarray(Image.open(io.BytesIO(payload)))


@given(st.integers(1, 4).flatmap(lambda channels: arrays(np.uint8, (5, 7, channels))))
@settings(max_examples=30, deadline=None)
def test_our_png_is_read_by_others_as_the_same_pixels(pixels: np.ndarray) -> None:
    height, width, channels = pixels.shape
    read = np.asarray(Image.open(io.BytesIO(png(pixels.tobytes(), width=width, height=height, channels=channels))))
    assert np.array_equal(read.reshape(pixels.shape), pixels)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "AVIF"])
def test_the_format_and_size_of_a_file_are_read_from_its_bytes(form: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (31, 17)).save(buffer, format=form)
    found = sniff(buffer.getvalue())
    assert found is not None
    assert found.media_type == f"image/{form.lower()}"
    assert (found.width, found.height) == ((None, None) if form == "AVIF" else (31, 17))


def test_the_size_of_a_jpeg_is_found_behind_a_preview() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (31, 17)).save(buffer, format="JPEG", exif=b"Exif\0\0" + bytes(40_000))
    found = sniff(buffer.getvalue())
    assert found is not None
    assert (found.width, found.height) == (31, 17)


@pytest.mark.parametrize(
    ("svg", "size"),
    [
        (b'<svg width="20" height="10px">', (20, 10)),
        (b'<?xml version="1.0"?>\n<!-- a -->\n<svg height="10" viewBox="0 0 1 1">', (None, 10)),
        (b"<svg>", (None, None)),
    ],
)
def test_svg_is_known_by_its_first_tag(svg: bytes, size: tuple[int | None, int | None]) -> None:
    found = sniff(svg)
    assert found is not None
    assert (found.media_type, found.width, found.height) == ("image/svg+xml", *size)


@given(st.binary(max_size=64))
def test_no_bytes_make_sniffing_fail(head: bytes) -> None:
    sniff(head)


@pytest.mark.parametrize(
    ("array", "options", "expected"),
    [
        (np.array([[0, 128], [255, 1]], np.uint8), {}, [[0, 128], [255, 1]]),
        (np.array([[0.0, 0.5], [1.0, np.nan]]), {}, [[0, 128], [255, 0]]),
        (np.array([[True, False]]), {}, [[255, 0]]),
        (np.array([[0, 65535]], np.uint16), {"rescale": 255 / 65535}, [[0, 255]]),
        (np.array([[0, 300]]), {"rescale": 1}, [[0, 255]]),
    ],
    ids=["bytes", "fractions", "truth", "rescaled", "cut"],
)
def test_values_become_pixels(array: np.ndarray, options: dict[str, Any], expected: list[list[int]]) -> None:
    assert pixels_of(kinds.take(array, kind="image", **options).payload).tolist() == expected


def test_channels_may_come_first_or_last() -> None:
    last = np.random.default_rng(0).integers(0, 256, (5, 6, 3), np.uint8)
    first = last.transpose(2, 0, 1)
    assert kinds.take(first, kind="image").payload == kinds.take(last, kind="image").payload
    square = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    as_first = kinds.take(square, kind="image", dataformats="CHW")
    assert np.array_equal(pixels_of(as_first.payload), square.transpose(1, 2, 0))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("https://example.org/cat.png", "is an address, and nothing is fetched"),
        (Path("nowhere.png"), "cannot be read: No such file"),
        (b"not a picture", "no picture that a browser shows"),
        (np.array([[0, 300]]), "values go from 0 to 300"),
        (np.zeros((2, 2, 5)), "is no image"),
        (np.zeros((2, 2, 2, 2)), "is no image"),
        (np.array([["a"]]), "is no image"),
    ],
)
def test_what_is_no_image_is_refused(value: Any, message: str) -> None:
    with pytest.raises(KindError, match=message):
        kinds.take(value, kind="image", argument="data")


def test_a_wrong_layout_is_refused() -> None:
    with pytest.raises(KindError, match="no image in the layout HWX"):
        kinds.take(np.zeros((2, 2, 3)), kind="image", dataformats="HWX")


def test_boxes_are_drawn_as_frames(tmp_path: Path) -> None:
    Image.new("L", (20, 10), 255).save(tmp_path / "white.png")
    taken = kinds.take(tmp_path / "white.png", boxes=[(2, 2, 12, 8), (-5, -5, 100, 100)])
    drawn = pixels_of(taken.payload)
    assert drawn[2, 5].tolist() != [255, 255, 255]
    assert drawn[5, 7].tolist() == [255, 255, 255]
    assert drawn[0, 0].tolist() != drawn[2, 5].tolist()
    assert taken.summary["width"] == 20
