"""The drawing libraries of other people's figures, as the installed packages carry them."""

from __future__ import annotations

from importlib import metadata, resources

from vitrina.store.errors import InvalidError

BOKEH_PARTS = ("bokeh.min.js", "bokeh-gl.min.js", "bokeh-widgets.min.js", "bokeh-tables.min.js")


class OtherBokehError(InvalidError):
    """A Bokeh figure was drawn by another release."""

    def __init__(self, made_by: str, installed: str) -> None:
        super().__init__(
            f"This figure was made by Bokeh {made_by}, and Bokeh {installed} is installed.",
            hint="Log it again, or install the release that made it.",
        )


def plotly() -> str:
    return resources.files("plotly").joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8")


def bokeh(made_by: str) -> str:
    """BokehJS for a figure of this release; raises OtherBokehError where only one of another minor is here."""
    installed = metadata.version("bokeh")
    if made_by.split(".")[:2] != installed.split(".")[:2]:
        raise OtherBokehError(made_by, installed)
    scripts = resources.files("bokeh").joinpath("server", "static", "js")
    return "\n".join(scripts.joinpath(part).read_text(encoding="utf-8") for part in BOKEH_PARTS)
