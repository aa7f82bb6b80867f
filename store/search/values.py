"""Values of runs beside what was found: metrics, inputs and outputs by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from vitrina.store import params
from vitrina.store.runs import Io
from vitrina.store.schema.metrics import SeriesRow
from vitrina.store.schema.runs import ParamRow
from vitrina.store.search.leaves import series_value
from vitrina.store.search.tree import Aggregate, Field, Section

_PARAMS = {Section.INPUT: Io.INPUT, Section.OUTPUT: Io.OUTPUT}


def title(field: Field) -> str:
    """As a query has it, without quotes: `metrics.auc`, `metrics.auc.max`, `params.lr`."""
    is_plain = field.section is not Section.METRIC or field.aggregate is Aggregate.LAST
    return f"{field.section}.{field.name}" if is_plain else f"{field.section}.{field.name}.{field.aggregate}"


def values_of(connection: Connection, run_ids: Sequence[int], fields: Sequence[Field]) -> dict[str, dict[int, Any]]:
    """By field and run, one query for metrics and one for params. Fields of other sections are left out."""
    found: dict[str, dict[int, Any]] = {
        title(field): {} for field in fields if field.section is Section.METRIC or field.section in _PARAMS
    }
    metrics = [field for field in fields if field.section is Section.METRIC]
    if metrics:
        statement = select(SeriesRow).where(
            SeriesRow.run_id.in_(run_ids), SeriesRow.name.in_({field.name for field in metrics})
        )
        for row in connection.execute(statement):
            for field in metrics:
                if field.name == row.name:
                    found[title(field)][row.run_id] = series_value(row, field)
    inputs = [field for field in fields if field.section in _PARAMS]
    if inputs:
        statement = select(ParamRow.run_id, ParamRow.io, ParamRow.name, ParamRow.kind, ParamRow.text).where(
            ParamRow.run_id.in_(run_ids), ParamRow.name.in_({field.name for field in inputs})
        )
        for row in connection.execute(statement):
            for field in inputs:
                if (_PARAMS[field.section], field.name) == (row.io, row.name):
                    found[title(field)][row.run_id] = params.from_row(row.name, row.kind, row.text).value
    return found
