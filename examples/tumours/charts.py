"""The charts of one version, drawn with the library that suits each: Altair, Plotly, Bokeh, Matplotlib."""

from __future__ import annotations

from typing import Any

import altair as alt
import matplotlib
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from bokeh.models import ColumnDataSource, HoverTool, Span
from bokeh.plotting import figure
from sklearn.inspection import PartialDependenceDisplay, permutation_importance

from vitrina import tracking

matplotlib.use("Agg")
BENIGN, MALIGNANT = "#0b736b", "#c9831e"
SHOWN = 10
"""Measurements in the chart of importances; a patient's report has room for no more."""


def log_all(model: Any, biopsies: pd.DataFrame, malignant: pd.Series) -> None:
    """Log the charts of a finished model, all over biopsies that it has never seen."""
    chance = model.predict_proba(biopsies)[:, 1]
    importance = importances(model, biopsies, malignant)
    telling = list(importance.measurement[:4])
    tracking.log_chart("importance", importance_chart(importance))
    tracking.log_chart("patients", patients_chart(biopsies, malignant, chance, telling[:2]))
    tracking.log_chart("threshold", threshold_chart(malignant, chance))
    tracking.log_chart("dependence", dependence_chart(model, biopsies, telling))
    tracking.log_table("mistakes", mistakes(biopsies[telling], malignant, chance))


def importances(model: Any, biopsies: pd.DataFrame, malignant: pd.Series) -> pd.DataFrame:
    """How much the AUC falls when one measurement is shuffled among the patients: the most telling first."""
    found = permutation_importance(model, biopsies, malignant, scoring="roc_auc", n_repeats=5, random_state=0)
    table = pd.DataFrame(
        {"measurement": biopsies.columns, "fall": found.importances_mean, "spread": found.importances_std}
    )
    return table.sort_values("fall", ascending=False, ignore_index=True)


def importance_chart(importance: pd.DataFrame) -> alt.LayerChart:
    shown = importance[:SHOWN].assign(
        low=lambda rows: rows.fall - rows.spread, high=lambda rows: rows.fall + rows.spread
    )
    base = alt.Chart(shown).encode(y=alt.Y("measurement:N", sort=None, title=None))
    bars = base.mark_bar(color=BENIGN).encode(
        x=alt.X("fall:Q", title="AUC lost when shuffled"), tooltip=["measurement", alt.Tooltip("fall", format=".4f")]
    )
    return bars + base.mark_rule().encode(x="low:Q", x2="high:Q")


def patients_chart(biopsies: pd.DataFrame, malignant: pd.Series, chance: np.ndarray, axes: list[str]) -> go.Figure:
    """Every patient by the two most telling measurements, coloured by the model's answer."""
    across, up = axes
    chart = go.Figure()
    for name, is_shown, symbol in (("benign", ~malignant, "circle"), ("malignant", malignant, "diamond")):
        chart.add_scatter(
            x=biopsies[across][is_shown],
            y=biopsies[up][is_shown],
            name=name,
            mode="markers",
            marker={
                "symbol": symbol,
                "size": 9,
                "color": chance[is_shown],
                "cmin": 0,
                "cmax": 1,
                "colorscale": [[0, BENIGN], [0.5, "#eaeeec"], [1, MALIGNANT]],
                "line": {"width": 1, "color": "#465052"},
                "colorbar": {"title": "Model's chance", "tickformat": ".0%"},
            },
            customdata=chance[is_shown],
            hovertemplate=f"{name}<br>{across} %{{x}}<br>{up} %{{y}}<br>model says %{{customdata:.0%}}<extra></extra>",
        )
    chart.update_layout(
        xaxis_title=across, yaxis_title=up, legend={"orientation": "h", "y": 1.12}, margin={"t": 40, "r": 20}
    )
    return chart


def threshold_chart(malignant: pd.Series, chance: np.ndarray) -> figure:
    """What is missed and what is a false alarm, for every threshold between sure and doubtful."""
    thresholds = np.linspace(0.01, 0.99, 99)
    missed = [int((malignant & (chance < threshold)).sum()) for threshold in thresholds]
    false_alarms = [int((~malignant & (chance >= threshold)).sum()) for threshold in thresholds]
    source = ColumnDataSource({"threshold": thresholds, "missed": missed, "false_alarms": false_alarms})
    chart = figure(height=300, sizing_mode="stretch_width", toolbar_location=None, x_range=(0, 1))
    chart.line("threshold", "missed", source=source, color=MALIGNANT, width=2, legend_label="tumours missed")
    chart.line(
        "threshold",
        "false_alarms",
        source=source,
        color=BENIGN,
        width=2,
        line_dash=[7, 3],
        legend_label="false alarms",
    )
    chart.add_layout(Span(location=0.5, dimension="height", line_color="#626c6e", line_dash="dotted"))
    chart.add_tools(
        HoverTool(
            tooltips=[("from", "@threshold{0%}"), ("missed", "@missed"), ("false alarms", "@false_alarms")],
            mode="vline",
        )
    )
    chart.xaxis.axis_label = "Called malignant from this chance on"
    chart.yaxis.axis_label = "Patients"
    return chart


def dependence_chart(model: Any, biopsies: pd.DataFrame, measurements: list[str]) -> Any:
    """How the answer follows each of the most telling measurements, all else as it is."""
    display = PartialDependenceDisplay.from_estimator(
        model,
        biopsies,
        measurements,
        kind="both",
        subsample=40,
        grid_resolution=25,
        random_state=0,
        n_cols=2,
        ice_lines_kw={"color": BENIGN, "alpha": 0.25},
        pd_line_kw={"color": MALIGNANT, "linestyle": "-", "linewidth": 2.5, "label": "mean of all patients"},
    )
    for axes in display.axes_.flat:
        axes.set_ylabel("")
        axes.get_legend().remove()
        axes.spines[["top", "right"]].set_visible(False)
    drawing = display.figure_
    drawing.supylabel("chance of a malignant tumour", fontsize="medium")
    drawing.set_size_inches(8, 5.5)
    drawing.tight_layout(rect=(0, 0, 1, 0.94))
    drawing.legend(*axes.get_legend_handles_labels(), loc="upper right", frameon=False)
    return drawing


def mistakes(biopsies: pd.DataFrame, malignant: pd.Series, chance: np.ndarray) -> pd.DataFrame:
    """The patients that the model gets wrong, the worst first."""
    table = biopsies.assign(
        diagnosis=np.where(malignant, "malignant", "benign"), chance=chance, off_by=np.abs(malignant - chance)
    )
    table.insert(0, "patient", biopsies.index)
    return table[table.off_by > 0.5].sort_values("off_by", ascending=False, ignore_index=True)
