"""A Dash app in debug mode, under a prefix of its own, run without a main guard."""

from dash import Dash, Input, Output, callback, dcc, html

app = Dash(__name__, url_base_pathname="/squares/")
app.layout = html.Div([dcc.Input(id="number", type="number", value=3), html.P(id="answer")])


@callback(Output("answer", "children"), Input("number", "value"))
def square(number: float) -> str:
    return f"The square is {number * number:g}."


app.run(debug=True, port=8050)
