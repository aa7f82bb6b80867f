"""A Gradio app with a large file, whose every byte says where it stands; Gradio's own routes serve it."""

from pathlib import Path

import gradio as gr

BLOCK_BYTES = 2**16
BLOCKS = 512

LARGE = Path("large.bin")
with LARGE.open("wb") as file:
    for number in range(BLOCKS):
        file.write(number.to_bytes(4, "big") * (BLOCK_BYTES // 4))

gr.set_static_paths([LARGE])

with gr.Blocks() as demo:
    gr.Markdown("A large file.")
