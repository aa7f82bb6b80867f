import os

print("about to end", flush=True)  # noqa: T201 - to be found in the log
os._exit(7)
