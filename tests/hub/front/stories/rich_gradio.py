"""Many of Gradio's components, each of which brings scripts, fonts or icons of its own."""

import altair as alt
import gradio as gr
import matplotlib.pyplot as plt
import pandas as pd
import plotly.express as px

rows = pd.DataFrame({"x": range(10), "y": [number * number for number in range(10)], "kind": ["a", "b"] * 5})
figure = plt.figure()
plt.plot(rows["x"], rows["y"])

with gr.Blocks(theme=gr.themes.Soft(font=[gr.themes.GoogleFont("Inter"), "sans-serif"])) as demo:
    gr.Markdown("# Rich\n\nFormula $x^2$, `code`, and\n\n```python\nprint(1)\n```")
    with gr.Tab("charts"):
        gr.Plot(px.scatter(rows, x="x", y="y", color="kind"))
        gr.Plot(alt.Chart(rows).mark_line().encode(x="x", y="y"))
        gr.Plot(figure)
        gr.LinePlot(rows, x="x", y="y")
    gr.Dataframe(rows, label="Table")
    gr.Chatbot([{"role": "user", "content": "hello"}, {"role": "assistant", "content": "**hello**"}])
    gr.Code("print(1)", language="python")
    gr.HTML("<p>some html</p>")
    gr.Image(label="Picture")
    gr.Audio(label="Sound")
    gr.File(label="File")
    gr.Slider(0, 10, label="Slider")
    gr.Textbox(label="Ready", value="all is here")

if __name__ == "__main__":
    demo.launch()
