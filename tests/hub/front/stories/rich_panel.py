"""Many of Panel's panes, in a template whose fonts and icons lie elsewhere."""

import pandas as pd
import panel as pn
import plotly.express as px
from bokeh.plotting import figure

pn.extension("plotly", "tabulator", "vega", "katex", "codeeditor")

rows = pd.DataFrame({"x": range(10), "y": [number * number for number in range(10)]})
line = figure(height=200)
line.line(rows["x"], rows["y"])

template = pn.template.FastListTemplate(title="Rich")
template.main.append(
    pn.Column(
        pn.pane.Bokeh(line),
        pn.pane.Plotly(px.scatter(rows, x="x", y="y")),
        pn.widgets.Tabulator(rows),
        pn.pane.LaTeX("$x^2$"),
        pn.widgets.ButtonIcon(icon="heart"),
        pn.chat.ChatMessage("hello", user="somebody"),
        pn.widgets.FileInput(),
        pn.pane.Markdown("all is here"),
    )
)
template.servable()
