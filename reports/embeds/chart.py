"""Charts: `![Validation loss](REF#charts/loss)`, the same alone on its line, over several versions by `?with=`, a
metric's curve by `#metrics.loss`, and the fence `chart`."""

from __future__ import annotations

from vitrina.reports.document import Form
from vitrina.reports.embeds import drawing
from vitrina.reports.embeds.bodies import body_of, chart_of, figure_of, part_objects
from vitrina.reports.embeds.embed import Asked, EmbedError, Thing, UnknownNameError
from vitrina.reports.keys import suggestion
from vitrina.reports.queries import ChartQuery
from vitrina.reports.shelf import Shelf, newest_object
from vitrina.reports.shown import Chart, Figure
from vitrina.store import kinds
from vitrina.store.records import LoggedObject, Series
from vitrina.store.views import VegaView

NAME = "chart"


def claims(asked: Asked) -> bool:
    if isinstance(asked.query, ChartQuery):
        return True
    part = asked.part
    if part is None or not part.name or asked.place.form not in {Form.FIGURE, Form.CARD}:
        return False
    return part.section == "charts" or (part.section == "metrics" and part.is_value)


def show(asked: Asked, shelf: Shelf) -> Figure:
    if isinstance(asked.query, ChartQuery):
        return drawing.drawn(asked.query, shelf)
    assert asked.part is not None
    if asked.part.section == "metrics" or _is_metric(asked, shelf):
        return _curve(asked, shelf)
    return _logged(asked, shelf)


def _is_metric(asked: Asked, shelf: Shelf) -> bool:
    """Whether no thing has a chart of that name, but all have such a metric: `#charts/loss` may be the curve of one."""
    assert asked.part is not None
    name = asked.part.name
    runs = [thing.found.run_id for thing in asked.things if thing.found.run_id is not None]
    has_chart = any(newest_object(shelf.objects(run), "charts", name) for run in runs)
    return bool(runs) and not has_chart and all(name in shelf.series(run) for run in runs)


def _logged(asked: Asked, shelf: Shelf) -> Figure:
    """One chart; several of the same making laid over each other, or, where that cannot be, beneath each other."""
    found = part_objects(asked, shelf)
    title = found[0][1].name
    together = _together(found, shelf) if len(found) > 1 else None
    if together is not None:
        labels = ", ".join(thing.label for thing, _ in found)
        return figure_of(asked, [("", together)], title=title, alt=f"{title} of {labels}")
    bodies = [(thing.label if len(found) > 1 else "", body_of(item, shelf)) for thing, item in found]
    return figure_of(asked, bodies, title=title, alt=f"{title} of {found[0][0].ref}")


def _together(found: list[tuple[Thing, LoggedObject]], shelf: Shelf) -> Chart | None:
    kind = found[0][1].kind
    if any(item.kind != kind for _, item in found):
        return None
    parts = [kinds.Part(thing.label, item.summary, shelf.payload(item)) for thing, item in found]
    view = kinds.overlay(kind, parts)
    if not isinstance(view, VegaView):
        return None
    return chart_of(view, sum(item.blob.size for _, item in found))


def _curve(asked: Asked, shelf: Shelf) -> Figure:
    """A metric over its steps, one line a thing."""
    assert asked.part is not None
    name = asked.part.name
    wanted = [(thing.label, _series(thing, name, shelf)) for thing in asked.things]
    labels = ", ".join(label for label, _ in wanted)
    spec = drawing.lines([(label if len(wanted) > 1 else "", one) for label, one in wanted], shelf, y=name)
    return figure_of(asked, [("", Chart(spec))], title=name, alt=f"{name} by step, {labels}")


def _series(thing: Thing, name: str, shelf: Shelf) -> Series:
    if thing.found.run_id is None:
        raise EmbedError(f"{thing.ref} was logged without a run, and has no metrics.")
    known = shelf.series(thing.found.run_id)
    if name not in known:
        raise UnknownNameError(f"{thing.ref} has no metric `{name}`.{suggestion(name, known)}")
    return known[name]
