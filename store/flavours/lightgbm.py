"""Models of LightGBM as its own text.

What is loaded is a `Booster`: LightGBM has no way back to the estimators of its scikit-learn interface. A classifier's
classes are kept beside it, and what is loaded of one is a `Classifier` of this module, which answers with them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from vitrina.store.flavours.flavour import FlavourError, FlavourMeta, class_name, library, releases
from vitrina.store.flavours.rows import array_of, frame_of, rows_of
from vitrina.store.libraries import comes_from
from vitrina.store.libraries import load as load_library

NAME = "lightgbm"
FILE, CLASSES = "model.txt", "classes.json"
LIBRARIES = ("lightgbm", "numpy", "scipy")


@dataclass(frozen=True)
class Classifier:
    """A loaded classifier: trees, and the classes that they tell apart."""

    booster: Any
    classes: list[Any]

    def predict(self, x: Any) -> Any:
        """The likeliest class of each row."""
        numpy = load_library("numpy", extra="frames", purpose="Asking a classifier")
        return numpy.asarray(self.classes)[self.predict_proba(x).argmax(axis=1)]

    def predict_proba(self, x: Any) -> Any:
        """The chance of every class, in the order of `classes`."""
        numpy = load_library("numpy", extra="frames", purpose="Asking a classifier")
        found = self.booster.predict(_framed(self.booster, x))
        return found if found.ndim == 2 else numpy.column_stack([1 - found, found])


def claims(obj: object) -> bool:
    of_library = any(comes_from(obj, "lightgbm", named=name) for name in ("Booster", "LGBMModel"))
    return of_library or isinstance(obj, Classifier)


def save(obj: Any, folder: Path) -> FlavourMeta:
    booster, classes = _parts(obj)
    booster.save_model(folder / FILE)
    if classes is not None:
        try:
            (folder / CLASSES).write_text(json.dumps(classes) + "\n")
        except TypeError as error:
            raise FlavourError(f"The classes are neither texts nor numbers: {error}.") from error
    return FlavourMeta(NAME, releases(LIBRARIES), class_name(obj))


def load(folder: Path) -> Any:
    lightgbm = library("lightgbm", purpose="Loading a model of LightGBM")
    if not (folder / FILE).is_file():
        raise FlavourError(f"There is no {FILE} in {folder}.")
    try:
        booster = lightgbm.Booster(model_file=folder / FILE)
        kept = folder / CLASSES
        return Classifier(booster, cast("list[Any]", json.loads(kept.read_bytes()))) if kept.exists() else booster
    except (lightgbm.basic.LightGBMError, ValueError) as error:
        raise FlavourError(f"{folder / FILE} cannot be loaded: {error}.") from error


def predict(model: Any, x: Any) -> Any:
    """Classes of a classifier, numbers of all else."""
    if isinstance(model, Classifier):
        return model.predict(x)
    return model.predict(_framed(_parts(model)[0], x))


def chances(model: Any, x: Any) -> list[dict[str, float]] | None:
    """Every class with its chance, for each row; None for what is no classifier."""
    _, classes = _parts(model)
    if classes is None:
        return None
    names = [str(name) for name in classes]
    return [dict(zip(names, row, strict=True)) for row in model.predict_proba(x).tolist()]


def _parts(model: Any) -> tuple[Any, list[Any] | None]:
    """The trees of a model of any class, and its classes."""
    if isinstance(model, Classifier):
        return model.booster, model.classes
    if comes_from(model, "lightgbm", named="Booster"):
        return model, None
    if not hasattr(model, "n_features_in_") or not model.__sklearn_is_fitted__():
        raise FlavourError("The model is not fitted yet.")
    return model.booster_, cast("list[Any]", model.classes_.tolist()) if hasattr(model, "classes_") else None


def _framed(booster: Any, x: Any) -> Any:
    """Rows as a frame with the model's columns; those of an array are named Column_0, Column_1, … by LightGBM."""
    rows = rows_of(x)
    if rows is None:
        return x
    names = cast("list[str]", booster.feature_name())
    return frame_of(rows, names) if set(names) <= set(rows[0]) else array_of(rows)
