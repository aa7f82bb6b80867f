"""What if? Start from a real biopsy, move its measurements, and see the model's answer follow."""

from __future__ import annotations

import gradio as gr
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from vitrina.apps.served import served

SLIDERS = 6
ALIKE = 0.75
"""Measurements that go together more closely than this would be two sliders for one thing."""
STARTS = 9
CURVE_POINTS = 60

model = served().model()
data = load_breast_cancer(as_frame=True)
malignant = data.target == 0
biopsies = data.data[list(model.feature_names_in_)]
# The split of train.py, so that one starts from patients whom the model has never seen.
_, held_out = train_test_split(biopsies, test_size=0.3, stratify=malignant, random_state=0)


def chance(rows: pd.DataFrame) -> np.ndarray:
    return model.predict_proba(rows)[:, 1]


def telling(count: int) -> list[str]:
    """The measurements that tell the two kinds apart best, without those that say the same as one before them."""
    order = biopsies.corrwith(malignant).abs().sort_values(ascending=False).index
    alike = biopsies.corr().abs()
    chosen: list[str] = []
    for name in order:
        if len(chosen) < count and all(alike.loc[name, other] < ALIKE for other in chosen):
            chosen.append(name)
    return chosen


def starts() -> dict[str, int]:
    """Some held-out patients, from the one the model is surest to be healthy to the opposite."""
    order = held_out.index[np.argsort(chance(held_out))]
    picked = order[np.linspace(0, len(order) - 1, STARTS).astype(int)]
    doubtful = held_out.index[np.argmin(np.abs(chance(held_out) - 0.5))]
    return {f"Patient {at}, {'malignant' if malignant[at] else 'benign'}": at for at in [doubtful, *picked]}


MEASUREMENTS = telling(SLIDERS)
PATIENTS = starts()


def changed(patient: str, values: tuple[float, ...]) -> pd.DataFrame:
    row = held_out.loc[[PATIENTS[patient]]].copy()
    row[MEASUREMENTS] = values
    return row


def answer(patient: str, along: str, *values: float) -> tuple[dict[str, float], str, pd.DataFrame]:
    """The model's answer, in bars, in a sentence, and along one measurement."""
    row = changed(patient, values)
    now, before = chance(row)[0], chance(held_out.loc[[PATIENTS[patient]]])[0]
    sentence = f"A malignant tumour is **{now:.0%}** likely. For the patient as measured it was {before:.0%}."
    reach = np.linspace(biopsies[along].min(), biopsies[along].max(), CURVE_POINTS)
    rows = pd.concat([row] * CURVE_POINTS).assign(**{along: reach})
    curve = pd.DataFrame({"value": reach, "chance": chance(rows)})
    return {"malignant": float(now), "benign": float(1 - now)}, sentence, curve


def start(patient: str, along: str) -> list[object]:
    """Sliders back to how the patient is, and the answer to that."""
    values = held_out.loc[PATIENTS[patient], MEASUREMENTS].tolist()
    return [*values, *answer(patient, along, *values)]


def slider(name: str) -> gr.Slider:
    low, high = biopsies[name].min(), biopsies[name].max()
    digits = int(np.ceil(np.log10(100 / (high - low))))  # about a hundred steps or more
    step = 10.0**-digits
    low, high = round(np.floor(low / step) * step, digits), round(np.ceil(high / step) * step, digits)
    return gr.Slider(low, high, step=step, label=name)


with gr.Blocks(title=f"What if? {served().name} {served().version}") as page:
    gr.Markdown(f"# What if?\nMove a measurement, and **{served().name} {served().version}** answers again.")
    with gr.Row():
        with gr.Column():
            patient = gr.Dropdown(list(PATIENTS), label="Start from", value=next(iter(PATIENTS)))
            sliders = [slider(name) for name in MEASUREMENTS]
            again = gr.Button("Back to how it was")
        with gr.Column():
            bars = gr.Label(label="Answer", elem_id="answer")
            sentence = gr.Markdown(elem_id="sentence")
            along = gr.Dropdown(MEASUREMENTS, label="How the answer follows", value=MEASUREMENTS[0])
            curve = gr.LinePlot(
                x="value", y="chance", y_lim=[0, 1], x_title="its value, all else as set", y_title="chance", height=240
            )
    shown = [bars, sentence, curve]
    for each in sliders:
        each.input(answer, [patient, along, *sliders], shown, trigger_mode="always_last", show_progress="hidden")
    along.input(answer, [patient, along, *sliders], shown, show_progress="hidden")
    gr.on([patient.input, again.click, page.load], start, [patient, along], [*sliders, *shown], show_progress="hidden")

if __name__ == "__main__":
    page.launch(theme=gr.themes.Default(primary_hue="teal"))
