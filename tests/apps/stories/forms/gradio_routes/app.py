from pathlib import Path

import gradio as gr

theme = gr.themes.Soft(primary_hue="rose")

with gr.Blocks() as start:
    gr.Markdown("# Start")
with start.route("More", "/more"):
    gr.Markdown("# More")
    gr.Markdown(Path("words.txt").read_text())

start.launch(theme=theme, css="body { background: rgb(255, 248, 231) }")
