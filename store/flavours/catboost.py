"""Models of CatBoost in its own binary format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from vitrina.store.flavours.flavour import FlavourError, FlavourMeta, class_name, library, releases
from vitrina.store.flavours.rows import frame_of
from vitrina.store.libraries import comes_from

NAME = "catboost"
FILE, NAMED = "model.cbm", "model.json"
LIBRARIES = ("catboost", "numpy")
CLASSES = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker")


def claims(obj: object) -> bool:
    return comes_from(obj, "catboost", named="CatBoost")


def save(obj: Any, folder: Path) -> FlavourMeta:
    called = type(obj).__name__
    if called not in CLASSES:
        raise FlavourError(f"A {called} is no class of CatBoost itself.", hint=f"Those are {', '.join(CLASSES)}.")
    if not obj.is_fitted():
        raise FlavourError("The model is not fitted yet.")
    obj.save_model(str(folder / FILE), format="cbm")
    (folder / NAMED).write_text(json.dumps({"class": called}) + "\n")
    return FlavourMeta(NAME, releases(LIBRARIES), class_name(obj))


def load(folder: Path) -> Any:
    catboost = library("catboost", purpose="Loading a model of CatBoost")
    try:
        called = json.loads((folder / NAMED).read_bytes())["class"]
        if called not in CLASSES or not (folder / FILE).is_file():
            raise FlavourError(f"{folder} holds no model of CatBoost.")
        return getattr(catboost, called)().load_model(str(folder / FILE), format="cbm")
    except FileNotFoundError as error:
        raise FlavourError(f"There is no {NAMED} in {folder}.") from error
    except (catboost.CatBoostError, ValueError, KeyError, TypeError) as error:
        raise FlavourError(f"{folder / FILE} cannot be loaded: {error}.") from error


def predict(model: Any, x: Any) -> Any:
    """One answer a row: CatBoost gives classes of several as a column, which becomes a plain row of them."""
    found = model.predict(frame_of(x, model.feature_names_))
    return found[:, 0] if getattr(found, "ndim", 1) == 2 and found.shape[1] == 1 else found


def chances(model: Any, x: Any) -> list[dict[str, float]] | None:
    """Every class with its chance, for each row; None for what is no classifier of one answer."""
    if not hasattr(model, "predict_proba") or not len(model.classes_):
        return None
    names = [str(name) for name in cast("list[Any]", model.classes_.tolist())]
    found = model.predict_proba(frame_of(x, model.feature_names_)).tolist()
    return [dict(zip(names, row, strict=True)) for row in found]
