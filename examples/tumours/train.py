"""Three classifiers of breast tumours: one run and one model version each, with their charts and four demo apps.

    python examples/tumours/train.py [PROJECT]

Run it twice and nothing is added: what is there already is left alone.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import charts
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    confusion_matrix,
    log_loss,
    precision_recall_curve,
    recall_score,
    roc_auc_score,
    roc_curve,
)
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from vitrina import tracking
from vitrina.tracking import checks

HERE = Path(__file__).parent
APPS = {
    "what-if": ("what_if.py", "What if?", "Move a patient's measurements and see the answer follow."),
    "explorer": ("explorer.py", "Explorer", "Whom the model finds, misses and alarms, patient by patient."),
    "dashboard": ("dashboard.py", "Where to draw the line", "What each threshold costs, if a miss is so much worse."),
    "panel-dashboard": ("panel_dashboard.py", "One measurement at a time", "How the answer follows each of them."),
}
SEED = 0
DIAGNOSES = ["benign", "malignant"]


@dataclass(frozen=True)
class Biopsies:
    """The 569 biopsies of the data set, three in ten of them held out."""

    train: pd.DataFrame
    held_out: pd.DataFrame
    train_malignant: pd.Series
    held_out_malignant: pd.Series

    def only(self, features: list[str]) -> Biopsies:
        return Biopsies(self.train[features], self.held_out[features], self.train_malignant, self.held_out_malignant)


@dataclass(frozen=True)
class Iteration:
    """The chance of being malignant that a model gives each biopsy after some steps of its training."""

    step: int
    train: np.ndarray
    held_out: np.ndarray


def by_iteration(model: Pipeline, data: Biopsies) -> Iterator[Iteration]:
    """The solver's answer after one iteration, after two, … until it has converged."""
    solver = model[-1]
    for iteration in range(1, solver.max_iter + 1):
        solver.set_params(max_iter=iteration)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # that is what we look at
            model.fit(data.train, data.train_malignant)
        yield Iteration(iteration, chances(model, data.train), chances(model, data.held_out))
        if solver.n_iter_[0] < iteration:
            return


def by_tree(model: RandomForestClassifier, data: Biopsies) -> Iterator[Iteration]:
    """Five trees more each time: `warm_start` keeps those that are there."""
    for trees in range(5, model.n_estimators + 1, 5):
        model.set_params(n_estimators=trees).fit(data.train, data.train_malignant)
        yield Iteration(trees, chances(model, data.train), chances(model, data.held_out))


def by_stage(model: GradientBoostingClassifier, data: Biopsies) -> Iterator[Iteration]:
    """One fit, looked at after each of its trees."""
    model.fit(data.train, data.train_malignant)
    stages = zip(model.staged_predict_proba(data.train), model.staged_predict_proba(data.held_out), strict=True)
    for stage, (train, held_out) in enumerate(stages, start=1):
        yield Iteration(stage, train[:, 1], held_out[:, 1])


@dataclass(frozen=True)
class Recipe:
    """How one version is trained."""

    version: str
    title: str
    features: str
    """`mean`: the ten mean measurements of the cells. `all`: their error and their worst value too."""

    make: Callable[..., Any]
    settings: Mapping[str, Any]
    fit: Callable[[Any, Biopsies], Iterator[Iteration]]
    notes: str
    stage: str
    because: str
    """Why it was promoted to that stage."""

    alias: str | None = None


RECIPES = [
    Recipe(
        version="1.0.0",
        title="logistic regression",
        features="mean",
        make=lambda **settings: make_pipeline(StandardScaler(), LogisticRegression(**settings)),
        settings={"C": 1.0, "max_iter": 50},
        fit=by_iteration,
        notes="The plain start: ten mean measurements, one weight each.",
        stage="production",
        because="The first model that may be used.",
    ),
    Recipe(
        version="1.1.0",
        title="random forest",
        features="mean",
        make=RandomForestClassifier,
        settings={"n_estimators": 100, "min_samples_leaf": 2, "warm_start": True, "random_state": SEED},
        fit=by_tree,
        notes="The same ten measurements, and a model that may bend.",
        stage="production",
        because="Misses one tumour less.",
    ),
    Recipe(
        version="2.0.0",
        title="gradient boosting",
        features="all",
        make=GradientBoostingClassifier,
        settings={"n_estimators": 200, "learning_rate": 0.05, "max_depth": 2, "subsample": 0.7, "random_state": SEED},
        fit=by_stage,
        notes="All thirty measurements. The signature is another one, hence the major version.",
        stage="staging",
        because="Waits for the Q3 review.",
        alias="champion",
    ),
]


def load() -> Biopsies:
    data = load_breast_cancer(as_frame=True)
    malignant = (data.target == 0).rename("malignant")
    parts = train_test_split(data.data, malignant, test_size=0.3, stratify=malignant, random_state=SEED)
    return Biopsies(*parts)


def chances(model: Any, biopsies: pd.DataFrame) -> np.ndarray:
    return model.predict_proba(biopsies)[:, 1]


def train(recipe: Recipe, project: str, biopsies: Biopsies) -> None:
    """One run: its data, its numbers, its charts, its model version and the apps of that version."""
    features = [name for name in biopsies.train if recipe.features == "all" or name.startswith("mean ")]
    data = biopsies.only(features)
    model = recipe.make(**recipe.settings)
    with tracking.run(name=recipe.title, project=project, tags=["q3"], description=recipe.notes):
        log_data()
        tracking.log_inputs(model=recipe.title, features=recipe.features, feature_count=len(features))
        tracking.log_inputs(**recipe.settings)
        for iteration in recipe.fit(model, data):
            log_iteration(iteration, data)
        log_results(model, data)
        charts.log_all(model, data.held_out, data.held_out_malignant)
        version = tracking.log_model(
            "classifier", model, version=recipe.version, example=data.held_out.head(5), notes=recipe.notes
        )
        for name, (file, title, description) in APPS.items():
            tracking.log_app(name, HERE / "apps" / file, model=version, title=title, description=description)
        version.promote(recipe.stage, reason=recipe.because)
        if recipe.alias:
            version.alias(recipe.alias, reason="Misses the fewest tumours.")


def log_data() -> None:
    """The table that every version was trained on: the first run makes the data set's version, the others find it."""
    data = load_breast_cancer(as_frame=True)
    tracking.log_dataset(
        "biopsies",
        data.data.assign(diagnosis=np.where(data.target == 0, "malignant", "benign")),
        description="569 biopsies, ten measurements of the cells' nuclei each: mean, standard error, worst.",
        source="Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning Repository",
        licence="CC BY 4.0",
        checks=[
            checks.row_count(569, 569),
            checks.not_null(*data.data.columns, name="no measurement is missing"),
            checks.between("mean radius", 0, 30),
            checks.allowed("diagnosis", "benign", "malignant"),
            checks.skew("diagnosis", 0.7, name="at most seven of ten have one diagnosis"),
        ],
    )


def log_iteration(iteration: Iteration, data: Biopsies) -> None:
    tracking.log_metrics(
        step=iteration.step,
        train_loss=log_loss(data.train_malignant, iteration.train),
        loss=log_loss(data.held_out_malignant, iteration.held_out),
        auc=roc_auc_score(data.held_out_malignant, iteration.held_out),
    )


def log_results(model: Any, data: Biopsies) -> None:
    """What the finished model does with the biopsies that it has never seen, and how much of that is luck."""
    truth, chance = data.held_out_malignant, chances(model, data.held_out)
    matrix = confusion_matrix(truth, chance >= 0.5)
    average_precision = average_precision_score(truth, chance)
    folds = cross_val_score(clone(model), data.train, data.train_malignant, cv=5, scoring="roc_auc")
    tracking.log_metrics(
        average_precision=average_precision,
        accuracy=accuracy_score(truth, chance >= 0.5),
        recall=recall_score(truth, chance >= 0.5),
        specificity=recall_score(~truth, chance < 0.5),
        cv_auc=folds.mean(),
    )
    tracking.log_outputs(missed=int(matrix[1, 0]), false_alarms=int(matrix[0, 1]), fold_spread=folds.std(ddof=1))
    false_positive, true_positive, _ = roc_curve(truth, chance)
    precision, recall, _ = precision_recall_curve(truth, chance)
    tracking.log_roc_auc_curve("roc", false_positive, true_positive, auc=roc_auc_score(truth, chance))
    tracking.log_pr_curve("precision-recall", precision, recall, average_precision=average_precision)
    tracking.log_confusion_matrix("confusion", DIAGNOSES, DIAGNOSES, matrix)


def readme(name: str, project: str) -> str:
    return (HERE / "readmes" / name).read_text().replace("demo/tumours", project)


def main(project: str = "demo/tumours") -> None:
    tracking.set_readme(readme("project.md", project), of=project)
    finished = {run.name for run in tracking.get_runs(project) if run.status == "succeeded"}
    biopsies = load()
    for recipe in RECIPES:
        if recipe.title not in finished:
            train(recipe, project, biopsies)
    tracking.set_readme(readme("classifier.md", project), of=f"{project}/models/classifier")
    tracking.set_readme(readme("biopsies.md", project), of=f"{project}/datasets/biopsies")


if __name__ == "__main__":
    main(*sys.argv[1:])
