"""Explore the patients whom the model has never seen: whom it gets right, whom it misses, and why."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from vitrina.apps.served import served

OUTCOMES = {
    "found": "#0b736b",
    "missed": "#a33c10",
    "false alarm": "#c9831e",
    "cleared": "#b9c2bf",
}


@st.cache_resource
def load() -> tuple[object, pd.DataFrame, pd.DataFrame]:
    """The model, its measurements of the held-out patients (the split of train.py), and what it says of them."""
    model = served().model()
    data = load_breast_cancer(as_frame=True)
    malignant = data.target == 0
    _, held_out, _, truth = train_test_split(
        data.data[list(model.feature_names_in_)], malignant, test_size=0.3, stratify=malignant, random_state=0
    )
    said = pd.DataFrame({"chance": model.predict_proba(held_out)[:, 1], "malignant": truth}, index=held_out.index)
    return model, held_out, said


def outcomes(said: pd.DataFrame, threshold: float) -> pd.Series:
    called = said.chance >= threshold
    found = np.select(
        [said.malignant & called, said.malignant, called], ["found", "missed", "false alarm"], default="cleared"
    )
    return pd.Series(found, index=said.index, name="outcome")


def scatter(table: pd.DataFrame, across: str, up: str) -> alt.Chart:
    names, colours, legend = list(OUTCOMES), list(OUTCOMES.values()), alt.Legend(orient="top", title=None)
    return (
        alt.Chart(table)
        .mark_point(filled=True, size=70, opacity=0.85)
        .encode(
            x=alt.X(across, scale=alt.Scale(zero=False)),
            y=alt.Y(up, scale=alt.Scale(zero=False)),
            color=alt.Color("outcome", scale=alt.Scale(domain=names, range=colours), legend=legend),
            shape=alt.Shape("outcome", scale=alt.Scale(domain=names), legend=legend),
            tooltip=["patient", "outcome", alt.Tooltip("chance", format=".1%"), across, up],
        )
        .properties(height=420)
    )


st.set_page_config(page_title=f"Explorer: {served().name} {served().version}", layout="wide")
model, measurements, said = load()
st.title("Explorer")
st.caption(f"**{served().name} {served().version}** on {len(said)} patients whom it has never seen")

threshold = st.slider("Call it malignant from this chance on", 0.01, 0.99, 0.50, 0.01)
now, usual = outcomes(said, threshold).value_counts(), outcomes(said, 0.5).value_counts()
for column, outcome in zip(st.columns(4), OUTCOMES, strict=True):
    count, change = int(now.get(outcome, 0)), int(now.get(outcome, 0) - usual.get(outcome, 0))
    good = "normal" if outcome in ("found", "cleared") else "inverse"
    column.metric(outcome.capitalize(), count, f"{change:+d} against 50 %" if change else None, delta_color=good)

names = list(measurements.columns)
table = measurements.assign(patient=measurements.index, chance=said.chance, outcome=outcomes(said, threshold))
left, right = st.columns([3, 2], gap="large")
with left:
    across_column, up_column = st.columns(2)
    order = measurements.corrwith(said.chance).abs().sort_values(ascending=False).index
    across = across_column.selectbox("Across", names, names.index(order[0]))
    up = up_column.selectbox("Up", names, names.index("worst texture" if "worst texture" in names else "mean texture"))
    st.altair_chart(scatter(table, across, up))
with right:
    shown = st.multiselect("Show patients who were", list(OUTCOMES), ["missed", "false alarm"])
    rows = table[table.outcome.isin(shown)].sort_values("chance", ascending=False)
    st.caption(f"{len(rows)} patients. Choose one to see how unusual its measurements are.")
    chosen = st.dataframe(
        rows[["patient", "outcome", "chance", across, up]],
        hide_index=True,
        height=260,
        on_select="rerun",
        selection_mode="single-row",
        column_config={"chance": st.column_config.ProgressColumn("chance", format="percent", min_value=0, max_value=1)},
    )
    if chosen.selection.rows:
        patient = rows.index[chosen.selection.rows[0]]
        unusual = ((measurements.loc[patient] - measurements.mean()) / measurements.std()).rename("spreads")
        largest = unusual.reindex(unusual.abs().sort_values(ascending=False).index)[:6]
        st.caption(f"Patient {patient}, in standard deviations from the average patient")
        st.bar_chart(largest, horizontal=True, sort=False, color="#0b736b", height=220)
