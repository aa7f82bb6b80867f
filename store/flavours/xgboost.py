"""Models of XGBoost in its own format (UBJSON): `Booster` and the estimators of its scikit-learn interface."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vitrina.store.flavours.flavour import FlavourError, FlavourMeta, class_name, library, releases
from vitrina.store.flavours.rows import array_of, frame_of, rows_of
from vitrina.store.frames import is_frame
from vitrina.store.libraries import comes_from

NAME = "xgboost"
FILE, NAMED = "model.ubj", "model.json"
LIBRARIES = ("xgboost", "xgboost-cpu", "numpy", "scipy")
BOOSTER = "Booster"
ESTIMATORS = ("XGBClassifier", "XGBRegressor", "XGBRanker", "XGBRFClassifier", "XGBRFRegressor")
"""Of these a model is made again by name; they need scikit-learn."""


def claims(obj: object) -> bool:
    return comes_from(obj, "xgboost", named=BOOSTER) or comes_from(obj, "xgboost", named="XGBModel")


def save(obj: Any, folder: Path) -> FlavourMeta:
    called = type(obj).__name__
    if called not in (BOOSTER, *ESTIMATORS):
        raise FlavourError(
            f"A {called} cannot be made again from XGBoost's own format.", hint="Log its get_booster() instead."
        )
    obj.save_model(folder / FILE)
    (folder / NAMED).write_text(json.dumps({"class": called}) + "\n")
    needed = LIBRARIES if called == BOOSTER else (*LIBRARIES, "scikit-learn")
    return FlavourMeta(NAME, releases(needed), class_name(obj))


def load(folder: Path) -> Any:
    xgboost = _xgboost("Loading a model of XGBoost")
    try:
        called = json.loads((folder / NAMED).read_bytes())["class"]
        if called not in (BOOSTER, *ESTIMATORS) or not (folder / FILE).is_file():
            raise FlavourError(f"{folder} holds no model of XGBoost.")
        model = getattr(xgboost, called)()
        model.load_model(folder / FILE)
    except FileNotFoundError as error:
        raise FlavourError(f"There is no {NAMED} in {folder}.") from error
    except (xgboost.core.XGBoostError, ValueError, KeyError, TypeError) as error:
        said = str(error).splitlines()[0]
        raise FlavourError(f"{folder / FILE} cannot be loaded: {said}.") from error
    return model


def predict(model: Any, x: Any) -> Any:
    """Classes of a classifier, numbers of all else (of a Booster what its objective gives)."""
    return model.predict(_matrix(model, x) if type(model).__name__ == BOOSTER else _framed(model.get_booster(), x))


def chances(model: Any, x: Any) -> list[dict[str, float]] | None:
    """Every class with its chance, for each row; None for what is no classifier."""
    if not type(model).__name__.endswith("Classifier"):
        return None
    names = [str(name) for name in model.classes_.tolist()]
    found = model.predict_proba(_framed(model.get_booster(), x)).tolist()
    return [dict(zip(names, row, strict=True)) for row in found]


def _matrix(booster: Any, x: Any) -> Any:
    xgboost = _xgboost("Asking a model of XGBoost")
    if isinstance(x, xgboost.DMatrix):
        return x
    framed = _framed(booster, x)
    if is_frame(framed):
        return xgboost.DMatrix(framed, enable_categorical=True)
    return xgboost.DMatrix(framed, feature_names=booster.feature_names)


def _framed(booster: Any, x: Any) -> Any:
    """Rows as a frame where the model knows its columns' names, else as an array."""
    if rows_of(x) is None:
        return x
    return frame_of(x, booster.feature_names) if booster.feature_names else array_of(x)


def _xgboost(purpose: str) -> Any:
    return library("xgboost", purpose=purpose)
