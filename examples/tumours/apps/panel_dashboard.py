"""One measurement at a time: how patients differ in it, and how the model's answer follows it."""

from __future__ import annotations

import numpy as np
import panel as pn
from bokeh.models import HoverTool, NumeralTickFormatter, Span
from bokeh.plotting import figure
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

from vitrina.apps.served import served

GREEN, AMBER, RUST = "#0b736b", "#c9831e", "#a33c10"
CURVE_POINTS = 25

pn.extension()
model = served().model()
data = load_breast_cancer(as_frame=True)
malignant = data.target == 0
# The split of train.py: these patients are new to the model.
_, held_out, _, truth = train_test_split(
    data.data[list(model.feature_names_in_)], malignant, test_size=0.3, stratify=malignant, random_state=0
)
names = list(held_out.corrwith(truth).abs().sort_values(ascending=False).index)

first = next(name for name in names if name.endswith("concave points"))


def chance_if(name: str, value: float) -> np.ndarray:
    """The model's chances if every patient had this value, and were as they are in all else."""
    return model.predict_proba(held_out.assign(**{name: value}))[:, 1]


measurement = pn.widgets.Select(name="Measurement", options=names, value=first, width=260)
value = pn.widgets.FloatSlider(name="If every patient had", format="0.[0000]", width=420)


def fit_slider(name: str) -> None:
    """The slider reaches over what patients have of this measurement, and begins at the middle."""
    low, high = held_out[name].min(), held_out[name].max()
    step = 10.0 ** np.floor(np.log10((high - low) / 100))
    start, end = np.floor(low / step) * step, np.ceil(high / step) * step
    value.param.update(start=start, end=end, step=step, value=round(held_out[name].median() / step) * step)


def answer(name: str, at: float) -> str:
    chances = chance_if(name, at)
    called = int((chances >= 0.5).sum())
    return (
        f'<div id="answer" style="font-size: 17px">With a {name} of <b>{at:g}</b>, {served().name} {served().version} '
        f"would call <b>{called} of {len(truth)}</b> patients malignant; its mean chance would be "
        f"<b>{chances.mean():.1%}</b>.</div>"
    )


def people(name: str, at: float) -> figure:
    """How many patients of each diagnosis have how much of it."""
    edges = np.histogram_bin_edges(held_out[name], bins=24)
    chart = figure(height=260, sizing_mode="stretch_width", toolbar_location=None, title="Patients")
    for label, rows, colour in (("benign", ~truth, GREEN), ("malignant", truth, AMBER)):
        counts, _ = np.histogram(held_out[name][rows], edges)
        chart.quad(top=counts, bottom=0, left=edges[:-1], right=edges[1:], color=colour, alpha=0.7, legend_label=label)
    chart.add_layout(Span(location=at, dimension="height", line_color=RUST, line_dash="dashed"))
    chart.xaxis.axis_label = name
    return chart


@pn.cache
def curve(name: str) -> tuple[np.ndarray, np.ndarray]:
    reach = np.linspace(held_out[name].min(), held_out[name].max(), CURVE_POINTS)
    return reach, np.array([chance_if(name, at).mean() for at in reach])


def dependence(name: str, at: float) -> figure:
    reach, mean = curve(name)
    chart = figure(height=260, sizing_mode="stretch_width", toolbar_location=None, title="Mean answer of the model")
    chart.line(reach, mean, color=GREEN, width=2)
    chart.add_layout(Span(location=at, dimension="height", line_color=RUST, line_dash="dashed"))
    chart.add_tools(HoverTool(tooltips=[(name, "@x"), ("mean chance", "@y{0.0%}")], mode="vline"))
    chart.xaxis.axis_label, chart.yaxis.axis_label = name, "chance of a malignant tumour"
    chart.yaxis.formatter = NumeralTickFormatter(format="0%")
    return chart


fit_slider(measurement.value)
measurement.param.watch(lambda event: fit_slider(event.new), "value")
moved = value.param.value
pn.Column(
    pn.pane.Markdown(
        f"# One measurement at a time\n**{served().name} {served().version}** on {len(truth)} patients "
        "whom it has never seen"
    ),
    pn.Row(measurement, value),
    pn.pane.HTML(pn.bind(answer, measurement, moved)),
    pn.pane.Bokeh(pn.bind(people, measurement, moved), sizing_mode="stretch_width"),
    pn.pane.Bokeh(pn.bind(dependence, measurement, moved), sizing_mode="stretch_width"),
    max_width=900,
    styles={"margin": "0 auto", "padding": "12px 24px"},
    sizing_mode="stretch_width",
).servable(title=f"{served().name} {served().version}")
