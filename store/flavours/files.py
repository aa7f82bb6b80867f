"""Plain files: whatever a script saved itself, as a file or a folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from vitrina.store.flavours.flavour import FlavourError, FlavourMeta

NAME = "files"

LEFT_OUT = shutil.ignore_patterns("__pycache__", ".git", ".DS_Store")


def claims(obj: object) -> bool:
    return isinstance(obj, (str, Path))


def save(obj: str | Path, folder: Path) -> FlavourMeta:
    """Copy a file, or what a folder holds. A link is followed, but not out of the folder: what it shows elsewhere was
    perhaps not meant to be shown."""
    source = Path(obj)
    if source.is_file():
        shutil.copyfile(source, folder / source.name)
        return FlavourMeta(NAME)
    if not source.is_dir():
        raise FlavourError(f"There is no file or folder {source}.", hint="Give the path of what the script saved.")
    for path in source.rglob("*"):
        if not path.resolve().is_relative_to(source.resolve()) or not path.exists():
            raise FlavourError(f"{path} links to something outside of {source}.", hint="Copy it into the folder.")
    if not any(path.is_file() for path in source.rglob("*")):
        raise FlavourError(f"The folder {source} holds no file.")
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=LEFT_OUT)
    return FlavourMeta(NAME)


def load(folder: Path) -> Path:
    """The folder itself: only the script knows what its files are."""
    return folder


def predict(model: Any, x: Any) -> Any:
    raise FlavourError(
        "This version is plain files: there is no model to ask.",
        hint="Pull its files, and load them as they were saved.",
    )
