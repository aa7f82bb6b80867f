"""A Gradio app as people write them: launched under a main guard, with a look of its own."""

import gradio as gr


def square(number: float) -> str:
    return f"The square is {number * number:g}."


with gr.Blocks() as page:
    number = gr.Number(label="Number")
    answer = gr.Textbox(label="Answer")
    gr.Button("Square").click(square, number, answer, api_name="square")

if __name__ == "__main__":
    page.launch(server_port=7860, share=True, inbrowser=True, css="body { background: ivory }")
    raise RuntimeError("launch() does not return before the app is told to end")
