"""Tables: one that was logged (`REF#tables/errors`), the metrics or inputs of versions beside each other
(`REF?with=1.0.0`, `REF#metrics`, `REF#inputs`), and the fence `table`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from vitrina.reports import values
from vitrina.reports.document import Form
from vitrina.reports.embeds.bodies import body_of, figure_of, number_cells, part_objects, word_cell
from vitrina.reports.embeds.comparing import compared
from vitrina.reports.embeds.embed import Asked, EmbedError, UnknownNameError
from vitrina.reports.keys import suggestion
from vitrina.reports.queries import Field, TableQuery
from vitrina.reports.selection import Chosen, check_known, chosen, known_names
from vitrina.reports.shelf import Shelf, names_in, newest_object
from vitrina.reports.shown import Cell, Figure, Grid, Head, Link
from vitrina.reports.things import origin, source, thing_of
from vitrina.store.measures import telling

NAME = "table"

VALUES = frozenset({"metrics", "inputs", "outputs"})


def claims(asked: Asked) -> bool:
    if isinstance(asked.query, TableQuery):
        return True
    if asked.place.form not in {Form.FIGURE, Form.CARD} or not asked.things:
        return False
    if asked.part is None:
        return len(asked.things) > 1
    return (asked.part.section == "tables" and bool(asked.part.name)) or asked.part.section in VALUES


def show(asked: Asked, shelf: Shelf) -> Figure:
    if isinstance(asked.query, TableQuery):
        return _queried(asked.query, shelf)
    if asked.part is not None and asked.part.section == "tables":
        return _logged(asked, shelf)
    section = asked.part.section if asked.part is not None else "metrics"
    name = asked.part.name if asked.part is not None else ""
    runs = _runs(asked, shelf)
    if section == "metrics" and not name:
        grid = compared(runs, telling(known_names(runs, shelf, section="metrics")), shelf)
    else:
        grid = _params(runs, section, name, shelf)
    return figure_of(asked, [("", grid)], title=section.capitalize())


def _logged(asked: Asked, shelf: Shelf) -> Figure:
    found = part_objects(asked, shelf)
    bodies = [(thing.label if len(found) > 1 else "", body_of(item, shelf)) for thing, item in found]
    return figure_of(asked, bodies, title=found[0][1].name)


def _queried(query: TableQuery, shelf: Shelf) -> Figure:
    if query.table is not None:
        return _columns(query, shelf)
    runs = chosen(query.head, shelf)
    for name in query.metrics:
        check_known(Field(name, "metrics"), runs, shelf, key="metrics")
    names = query.metrics or telling(known_names(runs, shelf, section="metrics"))
    title = query.head.title or "Metrics"
    sources = tuple(Link(one.origin, one.ref) for one in runs)
    return Figure(title, title, (("", compared(runs, names, shelf)),), sources, query.head.caption)


def _columns(query: TableQuery, shelf: Shelf) -> Figure:
    """Rows and columns of a table that was logged."""
    assert query.table is not None
    assert query.table.part is not None
    thing, part = thing_of(query.table, shelf), query.table.part
    if thing.found.run_id is None:
        raise EmbedError(f"{thing.ref} was logged without a run, and has no tables.")
    objects = shelf.objects(thing.found.run_id)
    item = newest_object(objects, part.section, part.name)
    if item is None:
        known = names_in(objects, part.section)
        raise UnknownNameError(f"{thing.ref} has no table `{part.name}`.{suggestion(part.name, known)}", key="table")
    body = body_of(item, shelf)
    if not isinstance(body, Grid):
        raise UnknownNameError(f"#{part} is no table.", key="table")
    title = query.head.title or item.name
    grid = _top(_chosen_columns(body, query.columns), query.head.top)
    return Figure(title, title, (("", grid),), (source(thing),), query.head.caption)


def _chosen_columns(grid: Grid, names: Sequence[str]) -> Grid:
    if not names:
        return grid
    places: list[int] = []
    known = [head.text for head in grid.heads]
    for name in names:
        place = next((at for at, text in enumerate(known) if name in {text, text.rpartition(", ")[0]}), None)
        if place is None:
            raise UnknownNameError(f"The table has no column `{name}`.{suggestion(name, known)}", key="columns")
        places.append(place)
    heads = tuple(grid.heads[place] for place in places)
    return replace(grid, heads=heads, rows=tuple(tuple(row[place] for place in places) for row in grid.rows))


def _top(grid: Grid, top: int | None) -> Grid:
    return grid if top is None else replace(grid, rows=tuple(grid.rows[:top]))


def _runs(asked: Asked, shelf: Shelf) -> list[Chosen]:
    runs: list[Chosen] = []
    for thing in asked.things:
        if thing.found.run_id is None:
            raise EmbedError(f"{thing.ref} was logged without a run, and has no values.")
        runs.append(Chosen(thing.label, shelf.run(thing.found.run_id), thing.ref, origin(thing.found)))
    return runs


def _params(runs: Sequence[Chosen], section: str, name: str, shelf: Shelf) -> Grid:
    """Inputs or outputs as rows, one column a run."""
    known = known_names(runs, shelf, section=section)
    if name and name not in known:
        what = section.removesuffix("s")
        raise UnknownNameError(f"There is no {what} `{name}`.{suggestion(name, known)}")
    if not known:
        raise EmbedError(f"{runs[0].ref} has no {section}.")
    names = [name] if name else sorted(known)
    columns = [shelf.inputs(one.run.id) if section == "inputs" else shelf.outputs(one.run.id) for one in runs]
    rows = [
        (Cell(each), *_row([params[each].value if each in params else None for params in columns])) for each in names
    ]
    heads = (Head(section.removesuffix("s")), *(Head(one.label, is_number=True, link=one.ref) for one in runs))
    return Grid(heads, tuple(rows), len(rows), is_named_by_row=True)


def _row(found: Sequence[Any]) -> list[Cell]:
    """Values of one name: numbers with one precision, words as they are."""
    if all(value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in found):
        figures = [math.nan if value is not None and math.isnan(value) else value for value in found]
        return number_cells(figures)
    return [replace(word_cell(values.alone(value)), is_number=True) for value in found]
