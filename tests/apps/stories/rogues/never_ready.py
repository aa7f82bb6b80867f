import threading

print("waiting for somebody who never comes", flush=True)  # noqa: T201 - to be found in the log
threading.Event().wait()
