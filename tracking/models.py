"""Calls that log models."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, overload

from vitrina.store import flavours
from vitrina.store.content import files_below
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.flavours.origin import environment
from vitrina.store.refs import Noun
from vitrina.store.signature import learn
from vitrina.tracking.demos import log_demo
from vitrina.tracking.layouts import FILES
from vitrina.tracking.moments import Step, Timestamp, checked_step
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.registering import Contents, Numbering, files_of, known, make_version, name_from, numbering
from vitrina.tracking.versions import VersionHandle


class Unset:
    """No model was given; None would be one."""


UNSET: Final = Unset()


@overload
def log_model(
    run: Recorder,
    name_or_path: str | Path | None = None,
    model: Any = UNSET,
    *,
    version: str | None = None,
    bump: str | None = None,
    example: Any = None,
    flavour: str | None = None,
    notes: str = "",
    name: str | None = None,
    path: str | Path | None = None,
    framework: str | None = None,
    summary: Mapping[str, Any] | None = None,
    step: Step = None,
    timestamp: Timestamp = None,
    register: Literal[True] = True,
    demo: bool = False,
) -> VersionHandle: ...
@overload
def log_model(
    run: Recorder,
    name_or_path: str | Path | None = None,
    model: str | Path | Unset = UNSET,
    *,
    name: str | None = None,
    path: str | Path | None = None,
    step: Step = None,
    timestamp: Timestamp = None,
    register: Literal[False],
) -> None: ...
def log_model(
    run: Recorder,
    name_or_path: str | Path | None = None,
    model: Any = UNSET,
    *,
    version: str | None = None,
    bump: str | None = None,
    example: Any = None,
    flavour: str | None = None,
    notes: str = "",
    name: str | None = None,
    path: str | Path | None = None,
    framework: str | None = None,
    summary: Mapping[str, Any] | None = None,
    step: Step = None,
    timestamp: Timestamp = None,
    register: bool = True,
    demo: bool = False,
) -> VersionHandle | None:
    """Keeps a model as a version of `models/NAME`, and gives the version.

        log_model("classifier", clf, bump="minor", example=X[:5])
        log_model("classifier", "model.onnx")              a file or folder that the script saved itself

    `version` is the number that it must have; `bump` (major, minor, patch) which one is next; with neither it is minor
    where the signature changed, else patch. `example` is a few rows that the model takes: its signature is found by
    asking it, and its first rows are kept with that, and what the model answered. A torch module cannot be kept without
    one. `flavour` says how it is kept where that is not found by itself: "pickle" for what nothing else takes (whoever
    loads it runs what is in it), "onnx" for the path of an .onnx file; docs/models.md lists them. The releases of
    Python and of its libraries are kept, too. The same content gives the version that exists. `framework` and
    `summary` are kept with it; `step` says at which one it was logged. With `demo` the version gets two apps that
    nobody has to write: `demo`, a form to try it in, and `predict`, a service for programs; both are made from the
    example, and from the datasets that the run logged before.

    Polyaxon's form is known by one positional argument or `name=`: `log_model(path, name="classifier")`. With
    `register=False` the file is kept with the run only, and there is no version (None).

    Raises FlavourError for a model that cannot be saved, VersionExistsError and ContentExistsError for a `version` that
    is taken, InvalidError for a demo without an example.
    """
    called, thing = _what(name_or_path, model, name, path)
    if demo:
        _check_demo(thing, example=example, register=register, flavour=flavour)
    if not register:
        run.keep(_file(thing), called, kind="file", argument="model", step=step, timestamp=timestamp)
        return None
    wanted = numbering(version, bump)
    said = {"framework": framework, "step": checked_step(step), **(summary or {})}
    logged = _version(run, called, thing, said=said, number=wanted, example=example, flavour=flavour, notes=notes)
    if demo and not run.is_disabled:
        log_demo(run, logged)
    return logged


def log_model_ref(
    run: Recorder,
    path: str | Path,
    name: str | None = None,
    framework: str | None = None,
    summary: Mapping[str, Any] | None = None,
    is_input: bool = False,
    rel_path: str | None = None,
) -> VersionHandle:
    """Keeps a model that lies in a file or folder as a version: its bytes, not only its place.

    `is_input` says that the run used it and did not make it. `rel_path` is kept with it.
    """
    called, thing = _what(path, UNSET, name, None)
    said = {"framework": framework, "rel_path": rel_path, **(summary or {})}
    return _version(run, called, thing, said=said, number=numbering(None, None), is_input=is_input)


def _version(
    run: Recorder,
    name: str,
    model: Any,
    *,
    said: Mapping[str, Any],
    number: Numbering,
    example: Any = None,
    flavour: str | None = None,
    notes: str = "",
    is_input: bool = False,
) -> VersionHandle:
    def fill(folder: Path) -> Contents:
        if isinstance(model, str | Path) and flavour in {None, FILES}:
            return Contents(files_of(Path(model)), FILES, None, known(said))
        return _saved(model, folder, example=example, flavour=flavour, said=said)

    return make_version(run, Noun.MODEL, name, fill, number=number, notes=notes, is_input=is_input)


def _saved(model: Any, folder: Path, *, example: Any, flavour: str | None, said: Mapping[str, Any]) -> Contents:
    """The model's files, with what its example shows, and what it was trained in."""
    chosen = flavour or flavours.detect(model)
    ready = flavours.prepared(model, example=example, flavour=chosen)
    saved = flavours.save(ready, folder, flavour=chosen)
    learned = None
    if example is not None:
        asked = flavours.load(chosen, folder) if isinstance(ready, str | Path) else ready
        learned = learn(example, predict=partial(flavours.predict, chosen, asked))
    facts = {**saved, "environment": environment(saved["libraries"]), **said}
    if learned is not None and learned.answers:
        facts["answers"] = learned.answers
    return Contents(files_below(folder), chosen, learned.signature if learned else None, known(facts))


def _check_demo(model: Any, *, example: Any, register: bool, flavour: str | None) -> None:
    """Before anything is saved. Raises InvalidError."""
    if not register:
        raise InvalidError("A demo belongs to a version, and register=False makes none.", hint="Leave one of them out.")
    if isinstance(model, str | Path) and flavour in {None, FILES}:
        raise InvalidError(
            "A file cannot be asked, so there is nothing to try in a demo.",
            hint='Give the model itself: log_model("classifier", model, example=X[:5], demo=True).',
        )
    if example is None:
        raise InvalidError(
            "A demo is made from an example of what the model takes, and there is none.",
            hint='Give a few rows: log_model("classifier", model, example=X[:5], demo=True).',
        )


def _what(first: str | Path | None, model: Any, name: str | None, path: str | Path | None) -> tuple[str, Any]:
    """(name, model) of either form; in Polyaxon's the model is a path."""
    if not isinstance(model, Unset):
        called = first if first is not None else name
        if called is None or path is not None:
            raise InvalidError("The model has no name.", hint='Write log_model("classifier", model).')
        return str(called), model
    found = first if first is not None else path
    if found is None:
        raise InvalidError("There is no model to log.", hint='Write log_model("classifier", model).')
    if not Path(found).exists():
        raise NotFoundError(
            f"file or folder {found}",
            hint='With one argument log_model takes a path; write log_model("classifier", model) for a live model.',
        )
    return name_from(name or Path(found).stem), Path(found)


def _file(model: Any) -> Path:
    if not isinstance(model, str | Path):
        raise InvalidError(
            f"A {type(model).__name__} cannot be kept without a version.", hint="Leave out register=False."
        )
    return Path(model)
