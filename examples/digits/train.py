"""Two readers of handwritten digits: one that has only seen digits in the middle, one that has seen them moved.

    python examples/digits/train.py [PROJECT]

Run it twice and nothing is added: what is there already is left alone.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from vitrina import tracking

HERE = Path(__file__).parent
SEED = 0
SIDE = 8
DIGITS = range(10)
PAPER, INK_LEVELS = 255, 16
DOUBTFUL_SHOWN = 16
SETTINGS = {"hidden_layer_sizes": (128,), "learning_rate_init": 0.002, "random_state": SEED}


@dataclass(frozen=True)
class Digits:
    """Pictures of 8 by 8 points, 0 (paper) to 16 (ink) each, as rows of 64; and the digits they show."""

    pictures: np.ndarray
    shown: np.ndarray

    def with_moved(self) -> Digits:
        """These and, for each of them, four that are moved by one point: up, down, left and right."""
        squares = self.pictures.reshape(-1, SIDE, SIDE)
        moved = [np.pad(squares, ((0, 0), (1, 1), (1, 1)))[:, y : y + SIDE, x : x + SIDE] for y, x in MOVES]
        return Digits(np.concatenate(moved).reshape(-1, SIDE * SIDE), np.tile(self.shown, len(MOVES)))


MOVES = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
"""Where to cut a picture out of itself with a margin of one point around; the first leaves it as it is."""


@dataclass(frozen=True)
class Recipe:
    version: str
    title: str
    epochs: int
    sees_moved: bool
    notes: str
    because: str
    """Why it was promoted to production."""


RECIPES = [
    Recipe(
        "1.0.0",
        "centred digits",
        epochs=40,
        sees_moved=False,
        notes="Trained on the pictures as they are.",
        because="The first reader.",
    ),
    Recipe(
        "1.1.0",
        "moved digits",
        epochs=30,
        sees_moved=True,
        notes="Trained on pictures that are moved by a point, too: nobody draws in the very middle.",
        because="Reads digits that are not in the middle.",
    ),
]


def train(recipe: Recipe, project: str) -> None:
    """One run: a small network, looked at after each pass over the pictures."""
    data = load_digits()
    parts = train_test_split(data.data, data.target, test_size=0.3, stratify=data.target, random_state=SEED)
    seen, held_out = Digits(parts[0], parts[2]), Digits(parts[1], parts[3])
    lesson = seen.with_moved() if recipe.sees_moved else seen
    model = MLPClassifier(**SETTINGS)
    with tracking.run(name=recipe.title, project=project, description=recipe.notes):
        tracking.log_dataset(
            "digits",
            as_table(data.data, data.target),
            description="1797 digits that 13 people wrote, 8 by 8 points of 0 to 16 each.",
            source="Optical Recognition of Handwritten Digits (test set), UCI Machine Learning Repository",
        )
        tracking.log_inputs(
            hidden_units=SETTINGS["hidden_layer_sizes"][0],
            learning_rate=SETTINGS["learning_rate_init"],
            epochs=recipe.epochs,
            sees_moved=recipe.sees_moved,
            pictures=len(lesson.shown),
        )
        tracking.log_image(sheet(seen.pictures[:80], columns=20), "what-it-learns-from", alt="80 handwritten digits")
        for epoch in range(1, recipe.epochs + 1):
            model.partial_fit(lesson.pictures, lesson.shown, classes=DIGITS)
            log_epoch(model, epoch, lesson, held_out)
        log_results(model, held_out)
        version = tracking.log_model(
            "reader", model, version=recipe.version, example=held_out.pictures[:5], notes=recipe.notes
        )
        tracking.log_app(
            "sketch",
            HERE / "apps" / "sketch.py",
            model=version,
            title="Sketch a digit",
            description="Draw with the mouse or a finger; the network reads.",
        )
        version.promote("production", reason=recipe.because)


def as_table(pictures: np.ndarray, shown: np.ndarray) -> pd.DataFrame:
    table = pd.DataFrame(pictures.astype("uint8"), columns=[f"row{y}_column{x}" for y in range(8) for x in range(8)])
    return table.assign(digit=shown.astype("uint8"))


def log_epoch(model: MLPClassifier, epoch: int, lesson: Digits, held_out: Digits) -> None:
    moved = held_out.with_moved()
    tracking.log_metrics(
        step=epoch,
        train_loss=log_loss(lesson.shown, model.predict_proba(lesson.pictures)),
        loss=log_loss(held_out.shown, model.predict_proba(held_out.pictures)),
        accuracy=accuracy_score(held_out.shown, model.predict(held_out.pictures)),
        accuracy_moved=accuracy_score(moved.shown, model.predict(moved.pictures)),
    )


def log_results(model: MLPClassifier, held_out: Digits) -> None:
    """What the finished network reads wrongly, what it doubts, and what its units look for."""
    said = model.predict_proba(held_out.pictures)
    read = said.argmax(axis=1)
    labels = [str(digit) for digit in DIGITS]
    tracking.log_outputs(misread=int((read != held_out.shown).sum()), held_out=len(read))
    tracking.log_confusion_matrix("confusion", labels, labels, confusion_matrix(held_out.shown, read))
    tracking.log_chart("by-digit", accuracy_chart(held_out.shown, read))
    doubtful = np.argsort(said.max(axis=1))[:DOUBTFUL_SHOWN]
    tracking.log_image(
        sheet(held_out.pictures[doubtful], columns=8, zoom=8),
        "most-doubtful",
        alt=f"The {DOUBTFUL_SHOWN} digits that the network is least sure of",
    )
    tracking.log_table("doubts", doubts(held_out, said, doubtful))
    tracking.log_image(
        sheet(scaled(model.coefs_[0].T), columns=16), "hidden-units", alt="What each of the 128 hidden units looks for"
    )


def accuracy_chart(shown: np.ndarray, read: np.ndarray) -> alt.Chart:
    rows = [{"digit": str(digit), "accuracy": float((read == shown)[shown == digit].mean())} for digit in DIGITS]
    return (
        alt.Chart(pd.DataFrame(rows))
        .mark_bar()
        .encode(
            x=alt.X("digit:N", title="digit", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("accuracy:Q", title="read correctly", axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1])),
            tooltip=["digit", alt.Tooltip("accuracy", format=".1%")],
        )
    )


def doubts(held_out: Digits, said: np.ndarray, rows: np.ndarray) -> pd.DataFrame:
    ranked = np.argsort(said[rows], axis=1)[:, ::-1]
    return pd.DataFrame(
        {
            "shows": held_out.shown[rows],
            "read as": ranked[:, 0],
            "chance": said[rows, ranked[:, 0]],
            "or else": ranked[:, 1],
            "chance of that": said[rows, ranked[:, 1]],
        }
    )


def scaled(weights: np.ndarray) -> np.ndarray:
    """Weights as pictures: the most positive is ink, the most negative paper."""
    low, high = weights.min(axis=1, keepdims=True), weights.max(axis=1, keepdims=True)
    return (weights - low) / (high - low) * INK_LEVELS


def sheet(pictures: np.ndarray, *, columns: int, zoom: int = 4) -> np.ndarray:
    """Pictures side by side on white paper, in rows of so many, each point `zoom` pixels wide."""
    squares = PAPER - pictures.reshape(-1, SIDE, SIDE) * (PAPER / INK_LEVELS)
    framed = np.pad(squares.repeat(zoom, axis=1).repeat(zoom, axis=2), ((0, 0), (6, 6), (6, 6)), constant_values=PAPER)
    lines = [np.hstack(framed[start : start + columns]) for start in range(0, len(framed), columns)]
    return np.vstack(lines).round().astype("uint8")


def readme(name: str, project: str) -> str:
    return (HERE / "readmes" / name).read_text().replace("demo/digits", project)


def main(project: str = "demo/digits") -> None:
    tracking.set_readme(readme("project.md", project), of=project)
    finished = {run.name for run in tracking.get_runs(project) if run.status == "succeeded"}
    for recipe in RECIPES:
        if recipe.title not in finished:
            train(recipe, project)
    tracking.set_readme(readme("reader.md", project), of=f"{project}/models/reader")


if __name__ == "__main__":
    main(*sys.argv[1:])
