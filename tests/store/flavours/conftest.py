"""One model of every flavour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectKBest, f_classif
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, SplineTransformer, StandardScaler
from sklearn.svm import SVC

DATA = load_breast_cancer(as_frame=True)
X: pd.DataFrame = DATA.data.iloc[:120, :5]
Y: pd.Series = DATA.target[:120]


@dataclass(frozen=True)
class Case:
    """A model (made from a folder where it is files) and its flavour."""

    id: str
    flavour: str
    make: Callable[[Path], Any]


def fitted(model: Any) -> Callable[[Path], Any]:
    return lambda _: model.fit(X, Y)


def a_folder(folder: Path) -> Path:
    (folder / "model" / "parts").mkdir(parents=True)
    (folder / "model" / "weights.bin").write_bytes(bytes(8))
    (folder / "model" / "parts" / "notes.txt").write_text("hello")
    return folder / "model"


def a_file(folder: Path) -> str:
    (folder / "weights.bin").write_bytes(bytes(8))
    return str(folder / "weights.bin")


CASES = [
    Case("regression", "sklearn", fitted(LogisticRegression(max_iter=5_000))),
    Case("pipeline", "sklearn", fitted(make_pipeline(StandardScaler(), LogisticRegression()))),
    Case("forest", "sklearn", fitted(RandomForestClassifier(5, random_state=0))),
    Case("boosting", "sklearn", fitted(GradientBoostingClassifier(n_estimators=5, random_state=0))),
    Case("histograms", "sklearn", fitted(HistGradientBoostingClassifier(max_iter=5, random_state=0))),
    Case("machine", "sklearn", fitted(SVC())),
    Case("selection", "sklearn", fitted(make_pipeline(SelectKBest(f_classif, k=2), LogisticRegression()))),
    Case("function", "sklearn", fitted(make_pipeline(FunctionTransformer(np.log1p), SVC()))),
    Case("splines", "sklearn", fitted(make_pipeline(SplineTransformer(), LogisticRegression(max_iter=5_000)))),
    Case("file", "files", a_file),
    Case("folder", "files", a_folder),
]


@pytest.fixture(params=CASES, ids=lambda case: case.id)
def case(request: pytest.FixtureRequest) -> Case:
    """Each model in turn."""
    return request.param


@pytest.fixture
def cases() -> list[Case]:
    return CASES


@pytest.fixture
def rows() -> pd.DataFrame:
    """What the models were fitted on."""
    return X.copy()


@pytest.fixture
def regression() -> LogisticRegression:
    return LogisticRegression(max_iter=5_000).fit(X, Y)
