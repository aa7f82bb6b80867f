"""The list of flavours, ours and those of others, and the calls that find the right one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, cast

from vitrina.store.errors import NotFoundError, VitrinaError
from vitrina.store.flavours import (
    catboost,
    files,
    keras,
    lightgbm,
    onnx,
    pickled,
    python,
    safetensors,
    sklearn,
    torch,
    transformers,
    xgboost,
)
from vitrina.store.flavours.flavour import Flavour, FlavourError

FLAVOURS: tuple[Flavour, ...] = (
    *(xgboost, lightgbm, catboost),  # before sklearn, whose estimators theirs are too
    sklearn,
    *(onnx, transformers, keras),  # before torch: a Keras model on that backend is a torch module
    torch,
    safetensors,
    pickled,
    python,
    files,
)
GROUP = "vitrina.flavours"


def detect(obj: object) -> str:
    """The name of the flavour that takes a model. Raises FlavourError when none does."""
    for flavour in _all():
        if flavour.claims(obj):
            return flavour.NAME
    cls = type(obj)
    raise FlavourError(
        f"A {cls.__module__}.{cls.__qualname__} is of no known flavour.",
        hint=f"Known are {', '.join(flavour.NAME for flavour in _all())}; save it to a file and log its path.",
    )


def runs_code(flavour: str) -> bool:
    """Whether loading a model of this flavour runs code that came with it."""
    return bool(getattr(_named(flavour), "RUNS_CODE", False))


def prepared(obj: Any, *, example: Any, flavour: str | None = None) -> Any:
    """The model as it can be saved: for a flavour that needs an example for that, made with it; else as it is.

    Raises FlavourError.
    """
    prepare = getattr(_named(flavour or detect(obj)), "prepared", None)
    return obj if prepare is None else prepare(obj, example)


def save(obj: Any, folder: Path, *, flavour: str | None = None) -> dict[str, Any]:
    """Write a model into a folder, which is made if need be and must be empty.

    Gives what `FlavourMeta` holds as JSON: `flavour`, `libraries`, `model_class`. Raises FlavourError, and then leaves
    nothing behind that could be taken for a model.
    """
    chosen = _named(flavour or detect(obj))
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FlavourError(f"{folder} is not empty.", hint="Save a model into a folder of its own.")
    meta = asdict(chosen.save(obj, folder))
    return {**meta, "libraries": dict(meta["libraries"])}


def load(flavour: str, folder: Path) -> Any:
    """The model that was saved into a folder. Loads the flavour's library, and none of the store's."""
    return _named(flavour).load(folder)


def predict(flavour: str, model: Any, x: Any) -> Any:
    """What a loaded model answers to `x`: rows as its library takes them, a dict (one row) or a list of dicts.

    Raises FlavourError with the first line of what the model says when it refuses them.
    """
    chosen = _named(flavour)
    try:
        return chosen.predict(model, x)
    except VitrinaError:
        raise
    except Exception as error:  # the boundary to a model's own code, which raises what it likes
        said = next((line.strip() for line in str(error).splitlines() if line.strip()), "")
        raise FlavourError(
            f"The model gives no answer to this: {type(error).__name__}: {said}",
            hint="Ask about rows such as it was trained on.",
        ) from error


def chances(flavour: str, model: Any, x: Any) -> Sequence[Mapping[str, float]] | None:
    """How sure a loaded classifier is of each class, row by row; None: the model, or its flavour, does not say.

    Raises FlavourError as `predict` does.
    """
    ask = getattr(_named(flavour), "chances", None)
    try:
        return ask(model, x) if ask is not None else None
    except VitrinaError:
        raise
    except Exception as error:  # the boundary to a model's own code
        raise FlavourError(f"The model gives no chances for this: {type(error).__name__}: {error}") from error


def _named(name: str) -> Flavour:
    for flavour in _all():
        if name == flavour.NAME:
            return flavour
    known = ", ".join(flavour.NAME for flavour in _all())
    raise NotFoundError(f"flavour called {name!r}", hint=f"There are {known}; others come with packages of their own.")


def _all() -> Iterator[Flavour]:
    """Those of others come first: a library's own flavour knows it better than a general one of ours."""
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        yield cast("Flavour", entry.load())
    yield from FLAVOURS
