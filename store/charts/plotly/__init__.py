"""How the parts of a Plotly figure are read, one file for each type of trace."""
