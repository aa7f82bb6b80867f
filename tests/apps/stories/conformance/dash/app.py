import base64
import time

from dash import Dash, Input, Output, State, callback, dcc, html

app = Dash(__name__, title="Everything")
app.layout = html.Div(
    [
        html.Label("Number", htmlFor="number"),
        dcc.Input(id="number", type="number", value=3),
        html.Div(id="square"),
        dcc.Upload(html.Button("Upload"), id="upload"),
        html.Div(id="got"),
        html.Button("Download", id="download"),
        dcc.Download(id="file"),
        html.Button("Stream", id="stream"),
        dcc.Interval(id="tick", interval=1000, max_intervals=3, disabled=True),
        html.Div(id="streamed"),
        html.Button("Work", id="work"),
        html.Div(id="worked"),
        html.Button("Count", id="count"),
        dcc.Store(id="store", data=0),
        html.Div(id="counted"),
    ]
)


@callback(Output("square", "children"), Input("number", "value"))
def square(number):
    return f"The square is {number**2}." if number is not None else ""


@callback(Output("got", "children"), Input("upload", "contents"), prevent_initial_call=True)
def got(contents):
    return f"Got {len(base64.b64decode(contents.partition(',')[2]))} bytes."


@callback(Output("file", "data"), Input("download", "n_clicks"), prevent_initial_call=True)
def download(_):
    return dcc.send_file("squares.csv")


@callback(Output("tick", "disabled"), Input("stream", "n_clicks"), prevent_initial_call=True)
def stream(_):
    return False


@callback(Output("streamed", "children"), Input("tick", "n_intervals"), prevent_initial_call=True)
def streamed(step):
    return f"Streamed {step} of 3."


@callback(Output("worked", "children"), Input("work", "n_clicks"), prevent_initial_call=True)
def work(_):
    time.sleep(3)
    return "Worked."


@callback(
    Output("store", "data"),
    Output("counted", "children"),
    Input("count", "n_clicks"),
    State("store", "data"),
    prevent_initial_call=True,
)
def count(_, before):
    return before + 1, f"Counted {before + 1}."


if __name__ == "__main__":
    app.run(debug=True)
