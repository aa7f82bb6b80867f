from shiny import App, render, run_app, ui


def server(input, output, session):
    @render.text
    def answer() -> str:
        return f"The square is {input.number() ** 2}."


if __name__ == "__main__":
    page = ui.page_fluid(ui.input_numeric("number", "Number", 3), ui.output_text("answer"))
    run_app(App(page, server), port=1, launch_browser=True)
