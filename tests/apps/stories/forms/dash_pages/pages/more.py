from pathlib import Path

from dash import html, register_page

register_page(__name__, path="/more")
layout = html.Div([html.H1("More"), html.P(Path("words.txt").read_text())])
