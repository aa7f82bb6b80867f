import gradio as gr

from vitrina.apps import served


def square(number: float) -> str:
    viewer = served().viewer()
    return f"{number * number:g} for {viewer.name or 'a visitor'} ({viewer.user or len(viewer.visitor or '')})"


demo = gr.Interface(square, "number", gr.Textbox(label="Answer"), api_name="square")
demo.launch()
