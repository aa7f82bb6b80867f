"""The libraries in which apps are written, one adapter file each."""
