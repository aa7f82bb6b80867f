"""Sketch a digit and see what the network reads."""

from __future__ import annotations

import gradio as gr
import numpy as np
from PIL import Image

from vitrina.apps.served import served

SIDE, BITMAP, BLOCK = 8, 32, 4
"""The data set's own way: a bitmap of 32 by 32, its ink counted in blocks of 4 by 4."""

CANVAS = 320
ZOOM = 24

model = served().model()


def ink(sketch: dict[str, np.ndarray | None] | None) -> np.ndarray:
    """What was drawn, 1 where there is ink; a pixel without ink is clear or white."""
    if not sketch or sketch["composite"] is None:
        return np.zeros((CANVAS, CANVAS))
    drawn = np.asarray(sketch["composite"], dtype=float)
    dark = 1 - drawn[..., :3].mean(axis=-1) / 255
    clear = drawn[..., 3] / 255 if drawn.shape[-1] == 4 else 1
    return dark * clear


def centred(drawn: np.ndarray) -> np.ndarray:
    """Only the digit, as large as the paper allows and in its middle, as in the data set."""
    rows, columns = np.nonzero(drawn > 0.5)
    digit = drawn[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    paper = np.zeros((max(digit.shape), max(digit.shape)))
    top, left = ((paper.shape[axis] - digit.shape[axis]) // 2 for axis in (0, 1))
    paper[top : top + digit.shape[0], left : left + digit.shape[1]] = digit
    return paper


def picture(drawn: np.ndarray) -> np.ndarray:
    """The 8 by 8 points that the network is asked about, 0 to 16 each."""
    small = Image.fromarray((drawn * 255).astype("uint8")).resize((BITMAP, BITMAP), Image.Resampling.BOX)
    bitmap = np.asarray(small) > 127
    return bitmap.reshape(SIDE, BLOCK, SIDE, BLOCK).sum(axis=(1, 3))


def read(sketch: dict[str, np.ndarray | None] | None, centre: bool) -> tuple[dict[str, float], np.ndarray, str]:
    drawn = ink(sketch)
    if not (drawn > 0.5).any():
        return {}, enlarged(np.zeros((SIDE, SIDE))), "Draw a digit from 0 to 9 with the mouse or a finger."
    points = picture(centred(drawn) if centre else drawn)
    chances = model.predict_proba(points.reshape(1, -1))[0]
    first, second = np.argsort(chances)[::-1][:2]
    sentence = f"Reads **{first}**, {chances[first]:.0%} sure. If not, a {second} ({chances[second]:.0%})."
    return {str(digit): float(chance) for digit, chance in enumerate(chances)}, enlarged(points), sentence


def enlarged(points: np.ndarray) -> np.ndarray:
    return (255 - points * (255 / 16)).repeat(ZOOM, axis=0).repeat(ZOOM, axis=1).astype("uint8")


with gr.Blocks(title=f"Sketch: {served().name} {served().version}") as page:
    gr.Markdown(f"# Sketch a digit\n**{served().name} {served().version}** reads while you draw.")
    with gr.Row():
        with gr.Column():
            pad = gr.Sketchpad(
                label="Your digit",
                canvas_size=(CANVAS, CANVAS),
                # With paper on it the pad opens with the brush in hand.
                value={"background": np.full((CANVAS, CANVAS, 3), 255, "uint8"), "layers": [], "composite": None},
                layers=False,
                transforms=None,
                brush=gr.Brush(default_size=16, colors=["#000000"], color_mode="fixed"),
                elem_id="pad",
            )
            centre = gr.Checkbox(True, label="Move it to the middle first, as the data set does")
        with gr.Column():
            sentence = gr.Markdown(elem_id="sentence")
            bars = gr.Label(label="Answer", num_top_classes=4, elem_id="answer")
            seen = gr.Image(label="What the network sees: 8 by 8 points", height=220, interactive=False, buttons=[])
    gr.on(
        [pad.input, centre.input, page.load],
        read,
        [pad, centre],
        [bars, seen, sentence],
        trigger_mode="always_last",
        show_progress="hidden",
    )

if __name__ == "__main__":
    page.launch(theme=gr.themes.Default(primary_hue="teal"))
