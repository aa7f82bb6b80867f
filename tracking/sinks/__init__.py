"""Where records go. A new kind of sink is a file here, and a line in `connections`."""
