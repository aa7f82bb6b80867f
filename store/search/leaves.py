"""Conditions over what lies in tables of its own: metrics, params, tags and datasets of a run.

Each is a SELECT of the ids of runs. So it can be asked of one run (EXISTS, the way to walk along an order and keep what
fits) and turned round, to begin with the few runs that meet it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, false, func, literal, or_, select
from sqlalchemy.orm import aliased

from vitrina.store.params import SHORT
from vitrina.store.records import NodeKind, ParamKind
from vitrina.store.refs import Noun
from vitrina.store.runs import Io
from vitrina.store.schema.lineage import EdgeRow
from vitrina.store.schema.metrics import SeriesRow
from vitrina.store.schema.registry import CollectionRow, VersionRow
from vitrina.store.schema.runs import ParamRow, RunTagRow
from vitrina.store.search.columns import Expression
from vitrina.store.search.comparing import HOLDS, Comparing
from vitrina.store.search.tree import (
    Between,
    Boolean,
    Compare,
    Field,
    Like,
    Missing,
    Number,
    Operator,
    Section,
    Span,
    Text,
    Value,
    Within,
    Without,
)

Leaf = Compare | Within | Without | Between | Like | Missing

_NUMBERS = (ParamKind.INTEGER, ParamKind.FLOAT)


@dataclass(frozen=True, slots=True)
class RunsThat:
    """The runs that meet a condition."""

    ids: Select[Any]
    owner: Expression
    """The column of `ids` that holds the run."""

    is_indexed: bool
    """Whether the first of them are found without reading all that have the field."""

    def of(self, run: Expression) -> Expression:
        """Whether a run, given by an expression for its id, is one of them."""
        return self.ids.where(self.owner == run).exists()


def has_field(field: Field) -> RunsThat:
    """The runs that have the field at all: what `is null` denies. NaN is there."""
    match field.section:
        case Section.METRIC:
            series = aliased(SeriesRow)
            return RunsThat(
                select(series.run_id).where(series.name == field.name, series.count > 0), series.run_id, False
            )
        case Section.INPUT | Section.OUTPUT:
            param = aliased(ParamRow)
            there = (param.io == _io(field), param.name == field.name, param.kind != ParamKind.NULL)
            return RunsThat(select(param.run_id).where(*there), param.run_id, False)
        case Section.TAG:
            tag = aliased(RunTagRow)
            named = or_(tag.name == field.name, _is_keyed(tag.name, field.name))
            return RunsThat(select(tag.run_id).where(named), tag.run_id, False)
        case _:
            return _datasets(field, lambda column: column.is_not(None))


def meets(leaf: Leaf, comparing: Comparing) -> RunsThat:
    """The runs that meet a condition on one of their metrics, params, tags or datasets."""
    match leaf.field.section:
        case Section.METRIC:
            return _metric(leaf, comparing)
        case Section.INPUT | Section.OUTPUT:
            return _param(leaf, comparing)
        case Section.TAG:
            return _tag(leaf, comparing)
        case _:
            return _datasets(leaf.field, lambda column: held_by(leaf, column, comparing))


def _metric(leaf: Leaf, comparing: Comparing) -> RunsThat:
    series = aliased(SeriesRow)
    column = series_value(series, leaf.field)
    ids = select(series.run_id).where(
        series.name == leaf.field.name, column.is_not(None), held_by(leaf, column, comparing)
    )
    return RunsThat(ids, series.run_id, leaf.field.aggregate == "last" and not isinstance(leaf, Without))


def series_value(series: Any, field: Field) -> Expression:
    """The column of a series that a field means."""
    return getattr(series, field.aggregate.value)


def _param(leaf: Leaf, comparing: Comparing) -> RunsThat:
    param = aliased(ParamRow)
    of_name = (param.io == _io(leaf.field), param.name == leaf.field.name)
    match leaf:
        case Compare(_, operator, value):
            held = _param_holds(param, operator, value, comparing)
            is_indexed = operator is not Operator.NE
        case Within(_, values):
            held = _param_in(param, values, comparing)
            is_indexed = True
        case Without(_, values):
            held = and_(*(_param_holds(param, Operator.NE, value, comparing) for value in values))
            is_indexed = False
        case Between(_, low, high):
            held = and_(
                _param_holds(param, Operator.GE, low, comparing), _param_holds(param, Operator.LE, high, comparing)
            )
            is_indexed = True
        case Like():
            like = comparing.like(param.text, leaf.pattern, folds_case=leaf.folds_case)
            held = and_(param.kind != ParamKind.NULL, ~like if leaf.is_negated else like)
            is_indexed = False
        case Missing():
            raise AssertionError("asked as has_field")
    return RunsThat(select(param.run_id).where(*of_name, held), param.run_id, is_indexed)


def _param_holds(param: Any, operator: Operator, value: Value, comparing: Comparing) -> Expression:
    """Numbers are held against numbers, true and false against such, text against every value as one writes it."""
    match value:
        case Number(number) | Span(number):
            held = and_(param.number.is_not(None), comparing.number(param.number, operator, number))
            is_surely_no_boolean = operator is Operator.EQ and number not in {0, 1}
            return held if is_surely_no_boolean else and_(held, param.kind.in_(_NUMBERS))
        case Boolean(truth):
            return and_(param.kind == ParamKind.BOOLEAN, HOLDS[operator](param.number, float(truth)))
        case Text("") if operator is Operator.EQ:  # as the text of null is
            return and_(param.kind != ParamKind.NULL, param.short == "")
        case Text(text) if operator is Operator.EQ:
            return _is_text(param, text)
        case Text(text) if operator is Operator.NE:
            return and_(param.kind != ParamKind.NULL, ~_is_text(param, text))
        case Text(text):
            return and_(param.kind != ParamKind.NULL, comparing.text(param.text, operator, text))


def _is_text(param: Any, text: str) -> Expression:
    same = param.short == text[:SHORT]
    if len(text) >= SHORT:
        same = and_(same, param.text == text)
    if text in {"True", "False"}:  # as Python, and so MLflow, writes them
        return or_(same, and_(param.kind == ParamKind.BOOLEAN, param.short == text.lower()))
    return same


def _param_in(param: Any, values: Sequence[Value], comparing: Comparing) -> Expression:
    """Many plain values are one list, not a chain of conditions."""
    numbers = [
        value.value if isinstance(value, Number) else value.seconds
        for value in values
        if isinstance(value, Number | Span)
    ]
    texts = [value.value for value in values if isinstance(value, Text)]
    plain = [text for text in texts if 0 < len(text) < SHORT and text not in {"True", "False"}]
    others = [
        value
        for value in values
        if isinstance(value, Boolean) or (isinstance(value, Text) and value.value not in plain)
    ]
    held = [_param_holds(param, Operator.EQ, value, comparing) for value in others]
    if numbers := [number for number in numbers if number == number]:  # NaN equals nothing
        held.append(and_(param.kind.in_(_NUMBERS), param.number.in_(numbers)))
    if plain:
        held.append(param.short.in_(plain))
    return or_(false(), *held)


def _tag(leaf: Leaf, comparing: Comparing) -> RunsThat:
    """A tag `key=value` has a value; one without has the value `true`."""
    tag = aliased(RunTagRow)
    key = leaf.field.name
    match leaf:
        case Compare(_, Operator.EQ, Text(text)):
            held, is_indexed = tag.name.in_(_tags_of(key, [text])), True
        case Within(_, values):
            held, is_indexed = tag.name.in_(_tags_of(key, [v.value for v in values if isinstance(v, Text)])), True
        case _:
            value = case((tag.name == key, literal("true")), else_=func.substr(tag.name, len(key) + 2))
            named = or_(tag.name == key, _is_keyed(tag.name, key))
            held, is_indexed = and_(named, held_by(leaf, value, comparing)), False
    return RunsThat(select(tag.run_id).where(held), tag.run_id, is_indexed)


def _tags_of(key: str, values: Sequence[str]) -> list[str]:
    return [f"{key}={value}" for value in values] + ([key] if "true" in values else [])


def _is_keyed(column: Expression, key: str) -> Expression:
    return func.substr(column, 1, len(key) + 1) == f"{key}="


def _datasets(field: Field, held: Callable[[Expression], Expression]) -> RunsThat:
    """Over the datasets that a run used."""
    edge, version, collection = aliased(EdgeRow), aliased(VersionRow), aliased(CollectionRow)
    ids = (
        select(edge.target_id)
        .join(version, version.id == edge.source_id)
        .join(collection, collection.id == version.collection_id)
        .where(
            edge.source_kind == NodeKind.VERSION,
            edge.target_kind == NodeKind.RUN,
            collection.kind == Noun.DATASET,
            version.deleted_at.is_(None),
        )
    )
    match field.name:
        case "name":
            ids = ids.where(held(collection.name))
        case "digest":
            ids = ids.where(held(version.content))
        case _:  # what for a dataset was used is not kept
            ids = ids.where(false())
    return RunsThat(ids, edge.target_id, False)


def held_by(leaf: Leaf, column: Expression, comparing: Comparing) -> Expression:
    """A condition on one column that is not null."""
    field = leaf.field
    match leaf:
        case Compare(_, operator, value):
            return comparing.attribute(field, column, operator, value)
        case Within(_, values):
            return or_(false(), *(comparing.attribute(field, column, Operator.EQ, value) for value in values))
        case Without(_, values):
            return and_(*(comparing.attribute(field, column, Operator.NE, value) for value in values))
        case Between(_, low, high):
            at_least = comparing.attribute(field, column, Operator.GE, low)
            return and_(at_least, comparing.attribute(field, column, Operator.LE, high))
        case Like():
            like = comparing.like(column, leaf.pattern, folds_case=leaf.folds_case)
            return and_(column.is_not(None), ~like if leaf.is_negated else like)
        case Missing():
            return column.is_(None)


def _io(field: Field) -> Io:
    return Io.INPUT if field.section is Section.INPUT else Io.OUTPUT
