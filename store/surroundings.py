"""Names of the texts that a run keeps of what it ran in, so that two runs can be compared."""

PACKAGES = "packages"
"""Lines of a requirements file: all that was installed."""

SCRIPT = "script"
"""The source of the file that Python was started with."""

CHANGES = "uncommitted changes"
"""A patch: what differed from the commit."""
