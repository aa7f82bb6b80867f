"""A Gradio app launched from inside an event loop, by an object of another name."""

import asyncio

import gradio as gr

page = gr.Interface(lambda number: f"The square is {number * number:g}.", "number", "text", api_name="square")


async def main() -> None:
    page.launch()


asyncio.run(main())
