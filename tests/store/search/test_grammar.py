"""Queries as text: what they mean, and what is said where they mean nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.store.search.errors import QueryError
from vitrina.store.search.grammar import GRAMMAR, MOST_CONDITIONS, parse
from vitrina.store.search.tree import (
    Aggregate,
    All,
    Any,
    Between,
    Compare,
    Direction,
    Field,
    Key,
    Kind,
    Like,
    Missing,
    Not,
    Number,
    Operator,
    Query,
    Related,
    Section,
    Span,
    Text,
    Type,
    Wildcard,
    Within,
    Without,
)


def metric(name: str, aggregate: Aggregate = Aggregate.LAST) -> Field:
    return Field(Section.METRIC, name, Type.NUMBER, aggregate)


def param(name: str) -> Field:
    return Field(Section.INPUT, name, Type.MIXED)


def attribute(name: str, of: Type = Type.TEXT) -> Field:
    return Field(Section.ATTRIBUTE, name, of)


AUC = Compare(metric("auc"), Operator.GT, Number(0.9))
RF = Compare(param("kind"), Operator.EQ, Text("rf"))
BEST = Not(Missing(Field(Section.TAG, "best", Type.TEXT)))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Query()),
        ("metrics.auc > 0.9", Query(AUC)),
        ("METRIC.auc > .9", Query(AUC)),
        ('metrics.auc > 0.9 and (params.kind = "rf" or tag:best)', Query(All((AUC, Any((RF, BEST)))))),
        ("metrics.auc > 0.9 AND params.kind = 'rf' OR tags.best", Query(Any((All((AUC, RF)), BEST)))),
        ("not metrics.auc > 0.9", Query(Not(AUC))),
        ("metrics.m.max <= 1e3", Query(Compare(metric("m", Aggregate.MAX), Operator.LE, Number(1000.0)))),
        ("metrics.`m.max` <> -1", Query(Compare(metric("m.max"), Operator.NE, Number(-1.0)))),
        ("metrics.a.b = 1", Query(Compare(metric("a.b"), Operator.EQ, Number(1.0)))),
        ("params.net/depth = 3", Query(Compare(param("net/depth"), Operator.EQ, Number(3.0)))),
        ("params.x = 'it''s'", Query(Compare(param("x"), Operator.EQ, Text("it's")))),
        ("params.x in (1, 'a', b)", Query(Within(param("x"), (Number(1), Text("a"), Text("b"))))),
        ("params.x not in (1)", Query(Without(param("x"), (Number(1),)))),
        ("metrics.m between 1 and 2", Query(Between(metric("m"), Number(1), Number(2)))),
        ("name like 'a%\\%_'", Query(Like(attribute("name"), ("a", Wildcard(True), "%", Wildcard(False)), False))),
        ("name not ilike 'a'", Query(Like(attribute("name"), ("a",), True, is_negated=True))),
        ("parent is null", Query(Missing(attribute("parent")))),
        ("params.x is not null", Query(Not(Missing(param("x"))))),
        ("created > -7d", Query(Compare(attribute("created", Type.TIME), Operator.GT, Span(-7 * 86400)))),
        ("duration > 1h30m", Query(Compare(attribute("duration", Type.DURATION), Operator.GT, Span(5400)))),
        ("from:datasets/customers@^2", Query(Related(Direction.FROM, "datasets/customers@^2"))),
        ("into:'models/a b@1.0.0'", Query(Related(Direction.INTO, "models/a b@1.0.0"))),
        (
            "order by metrics.auc desc, `Run Name` asc",
            Query(None, (Key(metric("auc"), True), Key(attribute("name"), False))),
        ),
        ("name = 12345678", Query(Compare(attribute("name"), Operator.EQ, Text("12345678")))),
    ],
)
def test_a_query_means(text: str, meant: Query) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("params.a = 1 and metrcs.auc > 0.9", "column 18: there is no field metrcs.auc; did you mean metrics.auc?"),
        ("auc > 0.9", "column 1: there is no field auc; did you mean metrics.auc or params.auc?"),
        ("statu = 'x'", "column 1: there is no field statu; did you mean status?"),
        ("metrics.auc grater 1", "column 13: a comparison such as = or like should stand here, not grater."),
        (
            "params.a lke 'x'",
            "column 10: a comparison such as = or like should stand here, not lke; did you mean like?",
        ),
        ("metrics.auc >", "column 14: the query ends too early; a value is missing."),
        ("(metrics.a > 1", "column 15: the query ends too early; ) is missing."),
        ("metrics.a > 'x'", "column 13: metrics.a is a number; compare it with one."),
        ("metrics.a like 'x'", "column 16: like takes text in quotes, such as 'resnet%', and a field of text."),
        ("params.x = 'abc", "column 12: the ' that opens here is never closed."),
        ("metrics.m.max", "column 14: a comparison is missing after metrics.m.max, such as = or like."),
        ("tgs:x", "column 1: there is no tgs:; did you mean tag:?"),
        ("created > 'soon'", "column 11: created is a time; write it like 2026-03-01, or -7d."),
        ("duration > 'long'", "column 12: duration is a duration; compare it with one, such as 90s or 1h30m."),
        ("params.a = params.b", "column 12: a value should stand here, not params.b; text is written in quotes."),
        (
            "params.a = 1 order by tags.x",
            "column 23: results cannot be put in order by what a thing may have several of.",
        ),
        ("metrics.a > 1 metrics.b > 2", "column 15: and, or, or the end should stand here, not metrics.b."),
        ("name = 'a\0'", "column 10: this letter cannot be stored, so nothing can hold it."),
        (" or ".join(["params.a = 1"] * (MOST_CONDITIONS + 1)), "column 1601: a query has at most 100 conditions."),
        ("(" * 101 + "params.a = 1" + ")" * 101, "column 101: a query has at most 100 brackets."),
        ("not " * 200 + "params.a = 1", "column 1: a query has at most 100 times not."),
    ],
)
def test_a_mistake_is_said_with_its_column(text: str, said: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert str(caught.value) == said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("version >= 1.2.0-rc.1 and stage = production and metrics.auc > 0.9", Kind.VERSIONS),
        ("alias:champion", Kind.MODELS),
        ("updated > 2026-03-01T12:00 and noun = readme", Kind.REPORTS),
    ],
)
def test_each_kind_has_fields_of_its_own(text: str, kind: Kind) -> None:
    parse(text, kind)
    with pytest.raises(QueryError):
        parse(text, Kind.RUNS)


WORDS = """
metrics.auc params.`a b` tags.x name created duration and or not in between like ilike is null order by desc ( ) , = !=
< >= 1 -2.5e3 7d -7d '%a_' "x" 'open `open tag:best from:x/y@^2 true nan 2026-03-01 1.2.3 é \\ @ # 1e999 99999999y
"""


@given(
    st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join) | st.text(max_size=60),
    st.sampled_from(list(Kind)),
)
def test_whatever_is_written_is_read_or_refused_with_a_column(text: str, kind: Kind) -> None:
    error = refused(text, kind)
    assert error is None or 1 <= error.column <= len(text) + 1


def refused(text: str, kind: Kind) -> QueryError | None:
    try:
        parse(text, kind)
    except QueryError as error:
        return error
    return None


def test_the_grammar_is_unambiguous_to_one_token() -> None:
    """Lark raises GrammarError where a conflict is left."""
    from lark import Lark

    Lark(GRAMMAR, parser="lalr")
