"""Many of Dash's components, each of which brings scripts, fonts or icons of its own."""

import pandas as pd
import plotly.express as px
from dash import Dash, dash_table, dcc, html

rows = pd.DataFrame({"x": range(10), "y": [number * number for number in range(10)], "iso": ["DEU"] * 10})

app = Dash(__name__, external_stylesheets=["https://fonts.googleapis.com/css?family=Roboto"])
app.layout = html.Div(
    [
        html.H1("Rich"),
        dcc.Markdown("Formula $x^2$ and\n\n```python\nprint(1)\n```", mathjax=True),
        dcc.Graph(figure=px.scatter(rows, x="x", y="y")),
        dcc.Graph(figure=px.choropleth(rows, locations="iso", color="y")),
        dash_table.DataTable(rows.to_dict("records")),
        dcc.DatePickerSingle(date="2026-01-01"),
        dcc.Dropdown(["a", "b"], "a"),
        dcc.Slider(0, 10),
        dcc.Upload("Upload"),
        html.P("all is here"),
    ]
)

if __name__ == "__main__":
    app.run()
