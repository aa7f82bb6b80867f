"""A Dash app as it was written for Dash 2, with what newer releases removed."""

from dash import Dash, html

app = Dash(__name__)
app.layout = html.P("Hello")

if __name__ == "__main__":
    app.run_server(debug=True, host="0.0.0.0", port=8050)
