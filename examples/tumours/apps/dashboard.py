"""Where to draw the line: what each threshold costs, if a missed tumour is so many times worse than a false alarm."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from dash import Dash, Input, Output, callback, dcc, html
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split

from vitrina.apps.served import served

INK, QUIET, GREEN, AMBER, RUST = "#15191a", "#626c6e", "#0b736b", "#c9831e", "#a33c10"
THRESHOLDS = np.linspace(0.01, 0.99, 99)
FONT = "ui-sans-serif, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif"

model = served().model()
data = load_breast_cancer(as_frame=True)
malignant = data.target == 0
# The split of train.py: these patients are new to the model.
_, held_out, _, truth = train_test_split(
    data.data[list(model.feature_names_in_)], malignant, test_size=0.3, stratify=malignant, random_state=0
)
chance = model.predict_proba(held_out)[:, 1]
MISSED = np.array([(truth & (chance < threshold)).sum() for threshold in THRESHOLDS])
FALSE_ALARMS = np.array([(~truth & (chance >= threshold)).sum() for threshold in THRESHOLDS])


def plain(figure: go.Figure, title: str, across: str, up: str) -> go.Figure:
    figure.update_layout(
        template="simple_white",
        title={"text": title, "font": {"size": 15}},
        xaxis_title=across,
        yaxis_title=up,
        font={"family": FONT, "color": INK},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 1, "xanchor": "right"},
        margin={"l": 50, "r": 20, "t": 60, "b": 50},
        height=330,
    )
    return figure


def scores_figure(threshold: float) -> go.Figure:
    figure = go.Figure()
    for name, rows, colour in (("benign", ~truth, GREEN), ("malignant", truth, AMBER)):
        figure.add_histogram(x=chance[rows], name=name, marker_color=colour, opacity=0.75, xbins={"size": 0.05})
    figure.update_layout(barmode="overlay", yaxis_type="log")
    figure.add_vline(threshold, line_width=2, line_dash="dash", line_color=RUST, annotation_text=f"{threshold:.0%}")
    return plain(figure, "What the model says of each patient", "chance of a malignant tumour", "patients (log)")


def roc_figure(threshold: float) -> go.Figure:
    false_positive, true_positive, _ = roc_curve(truth, chance)
    figure = go.Figure()
    line = {"color": GREEN, "width": 2}
    figure.add_scatter(x=false_positive, y=true_positive, mode="lines", line=line, name="ROC")
    found, alarmed = (chance[truth] >= threshold).mean(), (chance[~truth] >= threshold).mean()
    point = {"color": RUST, "size": 12}
    figure.add_scatter(x=[alarmed], y=[found], mode="markers", marker=point, name=f"at {threshold:.0%}")
    return plain(figure, f"AUC {roc_auc_score(truth, chance):.3f}", "healthy, but alarmed", "tumours found")


def cost_figure(threshold: float, weight: float) -> go.Figure:
    costs = weight * MISSED + FALSE_ALARMS
    figure = go.Figure()
    figure.add_scatter(x=THRESHOLDS, y=costs, line={"color": GREEN, "width": 2}, name="cost")
    figure.add_vline(threshold, line_width=2, line_dash="dash", line_color=RUST)
    figure.add_vline(cheapest(weight), line_width=1, line_dash="dot", line_color=QUIET, annotation_text="cheapest")
    return plain(figure, "Cost of each threshold", "called malignant from this chance on", "false alarms' worth")


def cheapest(weight: float) -> float:
    return float(THRESHOLDS[np.argmin(weight * MISSED + FALSE_ALARMS)])


def tile(label: str, value: str, colour: str = INK) -> html.Div:
    number = html.Div(value, style={"fontSize": 30, "color": colour, "fontVariantNumeric": "tabular-nums"})
    return html.Div([number, html.Div(label, style={"color": QUIET, "fontSize": 13})], style={"minWidth": 130})


def labelled(text: str, control: dcc.Slider) -> html.Div:
    return html.Div(
        [html.Label(text, htmlFor=control.id, style={"display": "block", "marginBottom": 10}), control],
        style={"flex": "1 1 320px"},
    )


app = Dash(__name__, title=f"Dashboard: {served().name} {served().version}")
app.layout = html.Main(
    [
        html.H1("Where to draw the line", style={"margin": 0, "fontWeight": 500}),
        html.P(
            [html.B(f"{served().name} {served().version}"), f" on {len(truth)} patients whom it has never seen"],
            style={"color": QUIET, "marginTop": 4},
        ),
        html.Div(
            [
                labelled(
                    "Called malignant from this chance on",
                    dcc.Slider(
                        0.01, 0.99, 0.01, value=0.5, id="threshold", marks={0.1: "10 %", 0.5: "50 %", 0.9: "90 %"}
                    ),
                ),
                labelled(
                    "A missed tumour is as bad as so many false alarms",
                    dcc.Slider(1, 50, 1, value=10, id="weight", marks={1: "1", 10: "10", 25: "25", 50: "50"}),
                ),
            ],
            style={"display": "flex", "gap": 32, "flexWrap": "wrap"},
        ),
        html.Div(id="tiles", style={"display": "flex", "gap": 32, "flexWrap": "wrap", "margin": "20px 0 8px"}),
        html.P(id="advice", style={"fontSize": 17}),
        html.Div(
            [
                dcc.Graph(id=name, config={"displayModeBar": False}, style={"flex": "1 1 340px", "minWidth": 0})
                for name in ("scores", "roc", "cost")
            ],
            style={"display": "flex", "gap": 16, "flexWrap": "wrap"},
        ),
    ],
    style={
        "fontFamily": FONT,
        "color": INK,
        "maxWidth": 1240,
        "margin": "0 auto",
        "padding": "24px",
        "--Dash-Fill-Interactive-Strong": GREEN,
    },
)


@callback(
    Output("tiles", "children"),
    Output("advice", "children"),
    Output("scores", "figure"),
    Output("roc", "figure"),
    Output("cost", "figure"),
    Input("threshold", "value"),
    Input("weight", "value"),
)
def draw(threshold: float, weight: float) -> tuple[object, ...]:
    missed, alarms = int((truth & (chance < threshold)).sum()), int((~truth & (chance >= threshold)).sum())
    cost, best = weight * missed + alarms, cheapest(weight)
    tiles = [
        tile("tumours missed", f"{missed} of {truth.sum()}", RUST if missed else GREEN),
        tile("false alarms", f"{alarms} of {(~truth).sum()}"),
        tile("false alarms' worth", f"{cost:g}"),
    ]
    advice = f"At this price of a miss the cheapest line is at {best:.0%}."
    return tiles, advice, scores_figure(threshold), roc_figure(threshold), cost_figure(threshold, weight)


if __name__ == "__main__":
    app.run()
