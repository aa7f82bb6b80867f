"""Scikit-learn estimators and pipelines, kept by skops: no pickle, and no code in the file.

Skops writes an archive whose names are the ids of Python objects and whose entries have times. `archive.normalised`
takes both out, so that the same model gives the same bytes.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from vitrina.store.flavours import archive
from vitrina.store.flavours.flavour import FlavourError, FlavourMeta
from vitrina.store.flavours.trust import refused
from vitrina.store.libraries import comes_from
from vitrina.store.libraries import load as load_library

NAME = "sklearn"
FILE = "model.skops"
LIBRARIES = ("scikit-learn", "skops", "numpy", "scipy")
FILES_INSTEAD = (
    'Keep such parts out of the model, or log it with flavour="pickle": whoever loads it then runs what is in it.'
)


def claims(obj: object) -> bool:
    return comes_from(obj, "sklearn", named="BaseEstimator")


def save(obj: Any, folder: Path) -> FlavourMeta:
    skops = _skops("Saving a scikit-learn model")
    try:
        saved = archive.normalised(skops.dumps(obj))
    except (TypeError, AttributeError, skops.exceptions.UnsupportedTypeException) as error:
        raise FlavourError(f"The model holds something that cannot be saved: {error}.", hint=FILES_INSTEAD) from error
    _check_trust(skops, saved)
    (folder / FILE).write_bytes(saved)
    cls = cast("type[object]", type(obj))
    return FlavourMeta(NAME, {name: version(name) for name in LIBRARIES}, f"{cls.__module__}.{cls.__qualname__}")


def load(folder: Path) -> Any:
    skops = _skops("Loading a scikit-learn model")
    try:
        saved = (folder / FILE).read_bytes()
        return skops.loads(saved, trusted=_check_trust(skops, saved))
    except FileNotFoundError as error:
        raise FlavourError(f"There is no {FILE} in {folder}.") from error
    except (ValueError, KeyError, OSError, archive.BadArchiveError) as error:
        raise FlavourError(f"{folder / FILE} cannot be loaded: {error}.") from error


def predict(model: Any, x: Any) -> Any:
    """The answer of the model's `predict`, or of its `transform` where it has none."""
    ask = getattr(model, "predict", None) or getattr(model, "transform", None)
    if ask is None:
        raise FlavourError(f"A {type(model).__name__} neither predicts nor transforms.")
    return ask(_rows(model, x))


def chances(model: Any, x: Any) -> list[dict[str, float]] | None:
    """Every class with its chance, for each row; None for what is no classifier of one answer, or does not tell."""
    ask, classes = getattr(model, "predict_proba", None), getattr(model, "classes_", None)
    if ask is None or getattr(classes, "ndim", 0) != 1:
        return None
    names = [str(name) for name in cast("Any", classes).tolist()]
    return [dict(zip(names, row, strict=True)) for row in ask(_rows(model, x)).tolist()]


def _check_trust(skops: Any, saved: bytes) -> list[str]:
    """The types in a saved model beyond those that skops itself trusts; all of them are libraries' own data."""
    found = cast("list[str]", skops.get_untrusted_types(data=saved))
    if names := refused(found):
        raise FlavourError(
            f"The model holds {', '.join(names)}, which only code of its own could load.", hint=FILES_INSTEAD
        )
    return found


def _rows(model: Any, x: Any) -> Any:
    """Rows given as dicts become a frame with the columns that the model was fitted on, in its order."""
    if isinstance(x, dict):
        return _rows(model, [x])
    if not isinstance(x, list) or not x or not all(isinstance(row, dict) for row in cast("list[object]", x)):
        return cast("object", x)
    rows = cast("list[dict[str, Any]]", x)
    names = [str(name) for name in getattr(model, "feature_names_in_", rows[0])]
    for row in rows:
        if missing := [name for name in names if name not in row]:
            raise FlavourError(f"A row has no field {missing[0]!r}.", hint=f"Fields are {', '.join(names)}.")
    if not hasattr(model, "feature_names_in_"):
        return [[row[name] for name in names] for row in rows]
    pandas = load_library("pandas", extra="frames", purpose="Asking a model that knows its columns' names")
    return pandas.DataFrame([{name: row[name] for name in names} for row in rows])


def _skops(purpose: str) -> Any:
    load_library("sklearn", extra="sklearn", purpose=purpose)
    load_library("skops.io.exceptions", extra="sklearn", purpose=purpose)
    return load_library("skops.io", extra="sklearn", purpose=purpose)
