from shiny import App, reactive, render, ui

app_ui = ui.page_fluid(ui.input_numeric("number", "Number", 3), ui.output_text("answer"))


def server(input, output, session):
    @reactive.calc
    def square() -> int:
        return input.number() ** 2

    @render.text
    def answer() -> str:
        return f"The square is {square()}."


squares = App(app_ui, server)
