"""What an app knows of the model version it belongs to: its files, numbers and model.

    from vitrina.apps import served

    model = served().model()
    accuracy = served().metrics["accuracy"]
    greeting = f"Hello {served().viewer().name or 'you'}"
    served().record({"tenure": 3}, {"risk": 0.7}, note="far too high", flag="wrong")

Importing this loads the standard library only; `model()` loads the flavour's own library. The hub (and `vitrina app
run`) set VITRINA_SERVED to a folder that `write_served` made: `version.json`, and the version's files in `files/`.
The hub sets VITRINA_PRODUCTION to another such folder where another version of the model is in production.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from vitrina.apps import at_hand, recording
from vitrina.apps.errors import AppError
from vitrina.apps.feedback import Recorded
from vitrina.apps.viewing import Viewer, viewer_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

VARIABLE = "VITRINA_SERVED"
OF_PRODUCTION = "VITRINA_PRODUCTION"
FILES = "files"
META = "version.json"


class NotServedError(AppError):
    """An app asked for its model version, and there is none where it runs."""


@dataclass(frozen=True)
class Served:
    """A version as it was when the app was started.

    `kind` is `model`, `dataset` or `artifact`; `params` and `metrics` are those of the run that made it. `signature`
    and `flavour` are None where the version has none. `files_dir` holds its files and is only to be read.
    """

    ref: str
    name: str
    version: str
    kind: str
    owner: str
    project: str
    files_dir: Path
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    metrics: Mapping[str, float] = field(default_factory=dict[str, float])
    signature: Mapping[str, Any] | None = None
    flavour: str | None = None

    def path(self, relative: str) -> Path:
        """One of the version's files or folders. Raises AppError for a path that is not there."""
        parts = PurePosixPath(relative)
        path = self.files_dir / parts
        if parts.is_absolute() or ".." in parts.parts or not path.exists():
            there = ", ".join(sorted(str(found.relative_to(self.files_dir)) for found in self.files_dir.rglob("*")))
            raise AppError(f"{self.ref} has no file {relative!r}.", hint=f"It has: {there or 'no files'}.")
        return path

    def model(self) -> Any:
        """The model as its flavour loads it: a scikit-learn estimator, a torch module, …; loaded once, then kept.

        Raises AppError when the version is no model that can be loaded, MissingExtraError without its library.
        """
        return self._model

    def predict(self, x: Any) -> Any:
        """What the model answers to `x`: rows as its library takes them, a dict (one row) or a list of dicts.

        Raises what `model` raises, and FlavourError for a model that has no answers.
        """
        from vitrina.store import flavours

        model = self.model()
        assert self.flavour, "what was loaded has a flavour"
        return flavours.predict(self.flavour, model, x)

    def chances(self, x: Any) -> Sequence[Mapping[str, float]] | None:
        """How sure a classifier is: for each row of `x` (see `predict`) every class with its chance, from 0 to 1.

        None: the model does not say. Raises what `predict` raises.
        """
        from vitrina.store import flavours

        model = self.model()
        assert self.flavour, "what was loaded has a flavour"
        return flavours.chances(self.flavour, model, x)

    def production(self) -> Served | None:
        """The version of this model that was in production when the app was started; None: there was none, or it is
        this one. It can be asked as this one can, and stays the same as long as the app runs."""
        folder = os.environ.get(OF_PRODUCTION)
        found = _read(Path(folder)) if folder else None
        return found if found is not None and found.ref != self.ref else None

    def viewer(self, request: Any = None) -> Viewer:
        """Who is looking, as the hub knows them: the one whose click or visit runs this code.

        In Streamlit, Gradio, Dash and Panel it finds the request by itself. Elsewhere (FastAPI, a plain server) give
        `request`: the framework's object, an ASGI scope or a WSGI environ. Nobody is known (every field empty) where
        there is no request, as in code that runs at the start, and when the app is not opened through a hub.
        """
        found = at_hand.request() if request is None else request
        return Viewer() if found is None else viewer_at(found)

    def record(self, inputs: Any, output: Any, *, note: str = "", flag: str = "", request: Any = None) -> Recorded:
        """Keep what somebody tried, and what came of it, with the version: as its feedback.

        `inputs` and `output` are any values, best a dict of plain ones; arrays and frames become lists, what is large
        or has no text is only named (see `vitrina.apps.plain`). `note` is what they say of it, up to 4,000 characters;
        `flag` one word, such as "wrong", by which entries are found again. Who it was comes along as `viewer(request)`
        knows them.

        Never raises. It takes a millisecond, and two seconds at most, in which the hub is waited for. What it gives is
        true when the hub has taken it; else it says why not (`.value` is a sentence for people), as the app's log does:
        an app's maintainer has to switch feedback on, and an entry has to fit into 64 KiB. Outside of a hub it is
        printed, and kept nowhere.
        """
        try:
            viewer = self.viewer(request)
        except Exception:  # a request of a kind that is not known says nothing of anybody
            viewer = Viewer()
        return recording.record(inputs, output, note=note, flag=flag, viewer=viewer)

    @cached_property
    def _model(self) -> Any:
        if not self.flavour:
            raise AppError(
                f"{self.ref} was logged as plain files: there is no model to load.",
                hint="Read them by served().path(NAME).",
            )
        from vitrina.store import flavours

        return flavours.load(self.flavour, self.files_dir)


def served() -> Served:
    """The version that this app belongs to. Raises NotServedError where there is none.

    It is read once: an app's version never changes while it runs.
    """
    folder = os.environ.get(VARIABLE)
    if not folder:
        raise NotServedError(
            "This app asks for its model version, and runs without one.",
            hint="Name one: --model REF (vitrina app run FILE --model REF).",
        )
    return _read(Path(folder))


@lru_cache(maxsize=2)
def _read(folder: Path) -> Served:
    try:
        meta = json.loads((folder / META).read_bytes())
        return Served(**meta, files_dir=folder / FILES)
    except (OSError, ValueError, TypeError) as error:
        raise NotServedError(
            f"{VARIABLE} is {folder}, which holds no version that can be read ({type(error).__name__}: {error}).",
            hint="Run the app with: vitrina app run FILE --model REF",
        ) from error


def write_served(folder: Path, *, meta: Mapping[str, Any], files: Iterable[tuple[str, Path]]) -> None:
    """Prepare such a folder, all at once: it is there complete, or not at all.

    `meta` holds the fields of `Served` but `files_dir`; `files` are the version's, each with its path in it. They are
    copied, never linked: an app could write through a link into the store. All is made read-only. A folder that is
    already there is left as it is, so name it by what it holds. Raises AppError for a path that leads out.
    """
    Served(**meta, files_dir=folder)  # what is missing or unknown shows here, not in the app
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")
    try:
        (making / FILES).mkdir(parents=True)
        for relative, source in files:
            _copy(source, making / FILES, relative)
        (making / META).write_text(json.dumps(dict(meta), indent=1, sort_keys=True))
        _make_read_only(making)
        making.rename(folder)
    except BaseException as error:
        remove_served(making)
        if isinstance(error, OSError) and folder.exists():  # another one was quicker, with the same content
            return
        raise


def remove_served(folder: Path) -> None:
    """Remove such a folder, also when it is only half there."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(folder, ignore_errors=True)


def _copy(source: Path, files: Path, relative: str) -> None:
    parts = PurePosixPath(relative)
    if parts.is_absolute() or ".." in parts.parts:
        raise AppError(f"A version cannot hold a file of the path {relative!r}.")
    target = files / parts
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _make_read_only(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
