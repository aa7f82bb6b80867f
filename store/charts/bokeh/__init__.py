"""How the parts of a Bokeh item are read."""
