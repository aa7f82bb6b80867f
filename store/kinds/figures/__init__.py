"""Figures of charting libraries, one file each: how they are recognised, kept and shown."""
