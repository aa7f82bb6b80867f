from pathlib import Path

from shiny import App, ui

from .texts import MORE

here = Path(__file__).parent
page = ui.page_navbar(
    ui.nav_panel("Start", ui.h1("Start")),
    ui.nav_panel("To more", ui.h1("More"), MORE),
    header=ui.tags.head(ui.tags.link(rel="stylesheet", href="style.css")),
)
app = App(page, None, static_assets=here / "www")
