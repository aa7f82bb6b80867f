"""The commit that a script was run from."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from vitrina.store.remotes import without_secrets
from vitrina.store.surroundings import CHANGES, SCRIPT

PATIENCE_S = 5
"""A repository that git needs longer for is not worth a training script's wait."""

LONGEST_SOURCE = 256 * 1024
"""Letters of a script or patch; one that is longer is generated, or holds data."""


@dataclass(frozen=True, slots=True)
class Code:
    """`branch` is empty on a detached head; `is_dirty` says that tracked files differ from the commit; `remote` is
    where the repository can be cloned from, without any password, empty where that is not known."""

    commit: str
    branch: str
    is_dirty: bool
    remote: str = ""


def code_ref(script: Path | None = None) -> dict[str, Any] | None:
    """The commit, branch, cleanness and origin of the repository around a script; None: the one that runs, else the
    current folder. None comes back where there is no repository, no commit yet, or no git."""
    started = script or _script()
    folder = started.parent if started is not None else Path.cwd()
    found = read(folder)
    if found is None:
        return None
    facts = asdict(found)
    if not found.remote:
        del facts["remote"]
    return facts | ({"entry": started.name} if started is not None else {})


def source(script: Path | None = None) -> dict[str, str]:
    """The source of a script (None: the one that runs), and as a patch what differs from the commit around it; what
    there is none of, or too much, is left out."""
    started = script or _script()
    if started is None:
        return {}
    texts = {SCRIPT: _text(started), CHANGES: _git(started.parent, "diff", "HEAD", "--no-color", "--no-ext-diff")}
    return {name: text for name, text in texts.items() if text and len(text) <= LONGEST_SOURCE}


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def read(folder: Path) -> Code | None:
    """What git says of the repository around a folder; None where it says nothing."""
    status = _git(folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no")
    found = parse(status) if status is not None else None
    if found is None:
        return None
    origin = _git(folder, "config", "--get", "remote.origin.url")
    return replace(found, remote=without_secrets((origin or "").strip()))


def _git(folder: Path, *words: str) -> str | None:
    """What git prints; None where it fails, or there is none."""
    quiet = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    command = ["git", "-C", str(folder), *words]
    try:
        told = subprocess.run(command, env=quiet, capture_output=True, text=True, timeout=PATIENCE_S, check=True)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return told.stdout


def parse(status: str) -> Code | None:
    """Reads `git status --porcelain=v2 --branch`."""
    heads = dict(line[2:].split(" ", 1) for line in status.splitlines() if line.startswith("# branch."))
    commit, branch = heads.get("branch.oid", "(initial)"), heads.get("branch.head", "")
    if commit == "(initial)":
        return None
    is_dirty = any(not line.startswith("#") for line in status.splitlines())
    return Code(commit, "" if branch == "(detached)" else branch, is_dirty)


def _script() -> Path | None:
    """The file that Python was started with; None in a notebook or a shell."""
    path = Path(sys.argv[0]) if sys.argv and sys.argv[0] else None
    return path.resolve() if path is not None and path.is_file() else None
