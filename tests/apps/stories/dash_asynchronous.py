"""A Dash app on its FastAPI back end."""

from dash import Dash, html

app = Dash(__name__, backend="fastapi")
app.layout = html.P("Hello")

if __name__ == "__main__":
    app.run()
