"""Altair charts, and Vega-Lite specs as dicts. Their data is kept inside; what would be fetched is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from vitrina.store.charts.data import encode, plain
from vitrina.store.charts.marks import marks
from vitrina.store.charts.safety import UnsafeChartError, check, stripped
from vitrina.store.charts.theme import Spec
from vitrina.store.kinds.figures.figure import Kept, read_json
from vitrina.store.kinds.kind import KindError
from vitrina.store.libraries import comes_from, load
from vitrina.store.views import VegaView

LIBRARY = "vega-lite"
MEDIA_TYPE = "application/vnd.vegalite.v6+json"
SIZE_LEFT_BY_ALTAIR = {"continuousWidth": 300, "continuousHeight": 300}


def claims(value: object) -> bool:
    if isinstance(value, dict):
        spec = cast("Spec", value)
        return "vega-lite" in str(spec.get("$schema", "")) or ("mark" in spec and "encoding" in spec)
    return comes_from(value, "altair", named="TopLevelMixin")


def keep(value: Any) -> Kept:
    spec = cast("Spec", plain(cast("object", value))) if isinstance(value, dict) else _of_altair(value)
    if not {"mark", "layer", "hconcat", "vconcat", "concat", "facet", "repeat"} & set(spec):
        raise KindError("it is a dict without a mark or layers, so no Vega-Lite spec")
    try:
        check(spec)
    except UnsafeChartError as error:
        raise KindError(error.message.rstrip("."), hint=error.hint) from error
    spec = _without_default_size(stripped(spec))
    return Kept(encode(spec), MEDIA_TYPE, summary={"title": _title(spec), "marks": marks(spec)})


def view(summary: Mapping[str, Any], payload: bytes) -> VegaView:
    spec = stripped(read_json(payload))
    try:
        check(spec)
    except UnsafeChartError as error:
        raise KindError(error.message, hint=error.hint) from error
    return VegaView(spec)


def _of_altair(chart: Any) -> Spec:
    """The chart's spec with its rows inside, whatever way to pass data the script has chosen, and however many."""
    altair = load("altair", extra="charts", purpose="An Altair chart")
    with altair.data_transformers.enable("default", max_rows=None):
        return cast("Spec", plain(chart.to_dict()))


def _without_default_size(spec: Spec) -> Spec:
    """The spec without the size and config that Altair gives every chart, so that the page's look can take effect."""
    config = cast("Spec", spec.get("config") or {})
    view = cast("Spec", config.get("view") or {})
    if any(view.get(key) != value for key, value in SIZE_LEFT_BY_ALTAIR.items()):
        return spec
    left = {key: value for key, value in view.items() if key not in SIZE_LEFT_BY_ALTAIR}
    config = {key: value for key, value in config.items() if key != "view"} | ({"view": left} if left else {})
    rest = {key: value for key, value in spec.items() if key != "config"}
    return rest | ({"config": config} if config else {})


def _title(spec: Spec) -> str:
    title = spec.get("title")
    text = cast("Spec", title).get("text") if isinstance(title, dict) else title
    return " ".join(str(line) for line in cast("list[object]", text)) if isinstance(text, list) else str(text or "")
