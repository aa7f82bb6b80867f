"""A Dash app that takes its time, and then finds that its data is not there."""

import sys
import time
from pathlib import Path

from dash import Dash, html

sys.stdout.write("reading the reference data\n")
time.sleep(2)
data = Path("reference.csv").read_text()

app = Dash(__name__)
app.layout = html.P(data)
app.run()
