import time
from pathlib import Path

import gradio as gr


def stream():
    for step in (1, 2, 3):
        time.sleep(0.8)
        yield f"Streamed {step} of 3."


def work():
    time.sleep(3)
    return "Worked."


def count(before):
    return before + 1, f"Counted {before + 1}."


with gr.Blocks(title="Everything") as demo:
    counted = gr.State(0)
    number, square = gr.Number(3, label="Number", precision=0), gr.Markdown("The square is 9.")
    number.change(lambda value: f"The square is {value**2}.", number, square)
    upload, got = gr.File(label="Upload"), gr.Markdown()
    upload.upload(lambda path: f"Got {Path(path).stat().st_size} bytes.", upload, got)
    gr.DownloadButton("Download", value="squares.csv")
    gr.Button("Stream").click(stream, None, gr.Markdown())
    gr.Button("Work").click(work, None, gr.Markdown())
    gr.Button("Count").click(count, counted, [counted, gr.Markdown()])

if __name__ == "__main__":
    demo.launch()
