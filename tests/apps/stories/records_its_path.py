"""Records which page somebody asked for, and answers what became of that."""

from vitrina.apps import recording
from vitrina.apps.viewing import Viewer


def answer(path: str) -> bytes:
    patience_s = 0.2 if path == "/in-vain" else 60
    became = recording.record(path, None, note="", flag="", viewer=Viewer(), patience_s=patience_s)
    return became.name.encode()
