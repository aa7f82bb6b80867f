import asyncio
from pathlib import Path

from shiny import App, reactive, render, ui

app_ui = ui.page_fluid(
    ui.input_numeric("number", "Number", 3),
    ui.output_text("square"),
    ui.input_file("upload", "Upload"),
    ui.output_text("got"),
    ui.download_button("download", "Download"),
    ui.input_action_button("stream", "Stream"),
    ui.output_text("streamed"),
    ui.input_action_button("work", "Work"),
    ui.output_text("worked"),
    ui.input_action_button("count", "Count"),
    ui.output_text("counted"),
    title="Everything",
)


def server(input, output, session):
    step = reactive.value(0)

    @render.text
    def square():
        return f"The square is {input.number() ** 2}." if input.number() is not None else ""

    @render.text
    def got():
        return f"Got {input.upload()[0]['size']} bytes." if input.upload() else ""

    @render.download(filename="squares.csv")
    def download():
        yield Path("squares.csv").read_text()

    @reactive.effect
    def _():
        with reactive.isolate():
            done = step()
        if input.stream() and done < 3:
            reactive.invalidate_later(0.8)
            step.set(done + 1)

    @render.text
    def streamed():
        return f"Streamed {step()} of 3." if step() else ""

    @render.text
    @reactive.event(input.work)
    async def worked():
        await asyncio.sleep(3)
        return "Worked."

    @render.text
    def counted():
        return f"Counted {input.count()}."


app = App(app_ui, server)
