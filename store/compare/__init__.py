"""Runs and versions side by side: what is the same, what differs, what is best.

Sides are gathered from the store (`sides`, and runs for `importance`); all else is pure. `comparison.compare` is where
to begin.
"""
