"""A Dash app made for a server of its own: nothing runs it here, and `app` is not the only one."""

from dash import Dash, Input, Output, html

draft = Dash("draft")
app = Dash(__name__)
server = app.server
app.layout = html.Div([html.P(id="answer"), html.P(id="number")])
last = Dash("last")


@app.callback(Output("answer", "children"), Input("number", "children"))
def square(number: float) -> str:
    return f"The square is {number * number:g}."
