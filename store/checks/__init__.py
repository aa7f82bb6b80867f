"""Checks of data: declared beside it, run when it is logged, kept with its version, asked before it is promoted."""
