from dash import Dash, Input, Output, dcc, html

from vitrina.apps import served

app = Dash(__name__)
app.layout = html.Div([dcc.Input(id="number", type="number", value=3), html.P(id="answer")])


@app.callback(Output("answer", "children"), Input("number", "value"))
def square(number: float) -> str:
    viewer = served().viewer()
    return f"{number * number:g} for {viewer.name or 'a visitor'} ({viewer.user or len(viewer.visitor or '')})"


app.run(debug=True)
