"""How far will a patient's diabetes have gone in a year? A straight model, and one that may bend.

    python examples/diabetes/train.py [PROJECT]

Run it twice and nothing is added: what is there already is left alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from vitrina import tracking

HERE = Path(__file__).parent
SEED = 0
STEP = 25
MEANING = {
    "age": "age",
    "sex": "sex",
    "bmi": "body mass index",
    "bp": "blood pressure",
    "s1": "cholesterol",
    "s2": "LDL",
    "s3": "HDL",
    "s4": "cholesterol to HDL",
    "s5": "log triglycerides",
    "s6": "blood sugar",
}
UNITS = {"age": "years", "body mass index": "kg/m²"}


@dataclass(frozen=True)
class Patients:
    """442 patients, three in ten held out; `progression` is how far the disease went in a year, 25 to 346."""

    seen: pd.DataFrame
    held_out: pd.DataFrame
    seen_progression: pd.Series
    held_out_progression: pd.Series


@dataclass(frozen=True)
class Recipe:
    version: str
    title: str
    make: Callable[..., Any]
    settings: Mapping[str, Any]
    notes: str
    stage: str
    because: str
    """Why it was promoted to that stage."""


RECIPES = [
    Recipe(
        version="1.0.0",
        title="ridge regression",
        make=lambda **settings: make_pipeline(StandardScaler(), Ridge(**settings)),
        settings={"alpha": 10.0},
        notes="One weight for each of the ten measurements.",
        stage="production",
        because="The plain start.",
    ),
    Recipe(
        version="1.1.0",
        title="gradient boosting",
        make=GradientBoostingRegressor,
        settings={"n_estimators": 150, "learning_rate": 0.05, "max_depth": 2, "subsample": 0.7, "random_state": SEED},
        notes="A model that may bend where a straight line does not fit.",
        stage="archived",
        because="Bending does not pay off: its errors are larger.",
    ),
]


def load() -> tuple[pd.DataFrame, Patients]:
    data = load_diabetes(as_frame=True, scaled=False)
    measured, progression = data.data.rename(columns=MEANING), data.target.rename("progression")
    parts = train_test_split(measured, progression, test_size=0.3, random_state=SEED)
    return measured.assign(progression=progression), Patients(*parts)


def train(recipe: Recipe, project: str) -> None:
    """One run: a model fitted to more and more patients, and a look at what remains unexplained."""
    table, patients = load()
    model = recipe.make(**recipe.settings)
    with tracking.run(name=recipe.title, project=project, description=recipe.notes):
        tracking.log_dataset("patients", table, units=UNITS, source="Efron et al., Least Angle Regression, 2004")
        tracking.log_inputs(model=recipe.title, **recipe.settings)
        for count in [*range(2 * STEP, len(patients.seen), STEP), len(patients.seen)]:
            model.fit(patients.seen[:count], patients.seen_progression[:count])
            log_fit(model, count, patients)
        log_results(model, patients)
        version = tracking.log_model(
            "progression",
            model,
            version=recipe.version,
            example=patients.held_out.head(5),
            notes=recipe.notes,
            demo=True,  # a form to try it in, and a service that predicts: nobody wrote them
        )
        version.promote(recipe.stage, reason=recipe.because)


def log_fit(model: Any, count: int, patients: Patients) -> None:
    """The learning curve: the errors of a model that has seen `count` patients."""
    said = model.predict(patients.held_out)
    tracking.log_metrics(
        step=count,
        r2=r2_score(patients.held_out_progression, said),
        mae=mean_absolute_error(patients.held_out_progression, said),
        rmse=root_mean_squared_error(patients.held_out_progression, said),
        train_rmse=root_mean_squared_error(patients.seen_progression[:count], model.predict(patients.seen[:count])),
    )


def log_results(model: Any, patients: Patients) -> None:
    folds = cross_val_score(clone(model), patients.seen, patients.seen_progression, cv=5, scoring="r2")
    tracking.log_outputs(cv_r2=folds.mean(), fold_spread=folds.std(ddof=1))
    said = model.predict(patients.held_out)
    rows = patients.held_out.assign(
        said=said, progression=patients.held_out_progression, residual=patients.held_out_progression - said
    )
    tracking.log_chart("residuals", residual_chart(rows))
    tracking.log_chart("said-and-done", agreement_chart(rows))
    tracking.log_histogram("residual-spread", rows.residual)
    farthest = rows.reindex(rows.residual.abs().sort_values(ascending=False).index)[:20]
    tracking.log_table("farthest-off", farthest.reset_index(names="patient").round(2))


def residual_chart(rows: pd.DataFrame) -> alt.LayerChart:
    """What the model leaves over. A good one leaves no pattern, so that the smoothed line stays near zero."""
    base = alt.Chart(rows).encode(
        x=alt.X("said:Q", title="predicted progression", scale=alt.Scale(zero=False)),
        y=alt.Y("residual:Q", title="residual"),
    )
    points = base.mark_point(filled=True, opacity=0.7).encode(
        tooltip=[alt.Tooltip(name, format=".0f") for name in ("said", "progression", "residual")]
    )
    zero = alt.Chart(pd.DataFrame({"residual": [0]})).mark_rule(strokeDash=[2, 3]).encode(y="residual:Q")
    trend = base.transform_loess("said", "residual", bandwidth=0.6).mark_line(color="#c9831e")
    return zero + points + trend


def agreement_chart(rows: pd.DataFrame) -> go.Figure:
    """Prediction against truth, with every patient's body mass index by colour."""
    reach = [float(np.floor(rows.progression.min())), float(np.ceil(rows.progression.max()))]
    chart = go.Figure()
    chart.add_scatter(x=reach, y=reach, mode="lines", line={"dash": "dot", "color": "#626c6e"}, name="as it was")
    chart.add_scatter(
        x=rows.said,
        y=rows.progression,
        mode="markers",
        name="patients",
        marker={"size": 8, "color": rows["body mass index"], "colorbar": {"title": "BMI"}, "colorscale": "Teal"},
        customdata=rows[["age", "body mass index"]],
        hovertemplate="said %{x:.0f}, was %{y:.0f}<br>age %{customdata[0]}, BMI %{customdata[1]:.1f}<extra></extra>",
    )
    chart.update_layout(
        xaxis_title="predicted", yaxis_title="measured a year later", showlegend=False, margin={"t": 20, "r": 20}
    )
    return chart


def readme(name: str, project: str) -> str:
    return (HERE / "readmes" / name).read_text().replace("demo/diabetes", project)


def main(project: str = "demo/diabetes") -> None:
    tracking.set_readme(readme("project.md", project), of=project)
    finished = {run.name for run in tracking.get_runs(project) if run.status == "succeeded"}
    for recipe in RECIPES:
        if recipe.title not in finished:
            train(recipe, project)
    tracking.set_readme(readme("progression.md", project), of=f"{project}/models/progression")


if __name__ == "__main__":
    main(*sys.argv[1:])
