"""The text of a query, and how it is read (docs/search.md has the grammar for people).

Lark reads it by one token of look-ahead, so that a mistake is known at its token. Names of fields are one token: what
they mean depends on the kind that is searched, and `fields` says it.
"""

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# Lark's own types leave the token of an error, and what `parse` takes, open.
from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from vitrina.store.search import tree
from vitrina.store.search.errors import QueryError
from vitrina.store.search.fields import field_of
from vitrina.store.search.tree import (
    All,
    Between,
    Boolean,
    Compare,
    Direction,
    Field,
    Key,
    Kind,
    Like,
    Missing,
    Node,
    Not,
    Number,
    Operator,
    Pattern,
    Query,
    Related,
    Section,
    Span,
    Text,
    Type,
    Value,
    Wildcard,
    Within,
    Without,
)

if TYPE_CHECKING:
    from lark import Lark, Token, Tree

LONGEST_QUERY = 10_000
"""Letters."""

MOST_CONDITIONS = 100
MOST_VALUES = 1000
DEEPEST = 100
"""Brackets and `not` in one query: what follows walks the tree by recursion."""

MOST_KEYS = 8
MOST_WILDCARDS = 16

GRAMMAR = r"""
start: [any] [ORDER BY key ("," key)*]
any: all (OR all)*
all: not (AND not)*
?not: NOT not -> negated
    | "(" any ")"
    | condition
condition: NAME OPERATOR value -> compare
    | NAME [NOT] IN "(" value ("," value)* ")" -> within
    | NAME [NOT] BETWEEN value AND value -> between
    | NAME [NOT] LIKE value -> like
    | NAME IS [NOT] NULL -> missing
    | NAME -> flag
    | SHORT -> short
key: NAME [DIRECTION]
value: NUMBER | SPAN | DATE | VERSION | STRING | NAME

OPERATOR: "!=" | "<>" | "<=" | ">=" | "==" | "=" | "<" | ">"
AND.9: /and(?![\w.:`"'\/-])/i
OR.9: /or(?![\w.:`"'\/-])/i
NOT.9: /not(?![\w.:`"'\/-])/i
IN.9: /in(?![\w.:`"'\/-])/i
BETWEEN.9: /between(?![\w.:`"'\/-])/i
LIKE.9: /i?like(?![\w.:`\/-])/i
IS.9: /is(?![\w.:`"'\/-])/i
NULL.9: /null(?![\w.:`"'\/-])/i
ORDER.9: /order(?![\w.:`"'\/-])/i
BY.9: /by(?![\w.:`"'\/-])/i
DIRECTION.9: /(asc|desc)(ending)?(?![\w.:`"'\/-])/i
SHORT.5: /[A-Za-z]+:("[^"]*"|'[^']*'|`[^`]*`|[^\s()"'`,]+)/
NAME.1: /([^\W\d][\w\/-]*|`[^`]*`)(\.(`[^`]*`|"[^"]*"|'[^']*'|[\w\/%+#@&$-]+))*/
DATE.8: /\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?(?![\w.-])/
VERSION.7: /\d+\.\d+\.\d+[\w.+-]*/
SPAN.6: /[+-]?(\d+(\.\d+)?(ms|mo|[smhdwy]))+(?![\w.])/
NUMBER.5: /[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(?![\w.])/i
STRING: /'([^']|'')*'|"([^"]|"")*"/
%ignore /\s+/
"""

SPAN_S = {
    "ms": 0.001,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 7 * 86400.0,
    "mo": 30 * 86400.0,
    "y": 365 * 86400.0,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPAN_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|mo|[smhdwy])")
_SAID = {
    "NAME": "a field",
    "SHORT": "a field",
    "OPERATOR": "a comparison such as =",
    "STRING": "a value",
    "NUMBER": "a value",
    "SPAN": "a value",
    "DATE": "a value",
    "VERSION": "a value",
    "LPAR": "(",
    "RPAR": ")",
    "COMMA": ",",
    "$END": "the end",
    "LIKE": "like",
    "DIRECTION": "asc or desc",
}
_WORDS = ("and", "or", "not", "in", "between", "like", "ilike", "is", "null", "order", "by", "asc", "desc")
_SHORTS = ("tag", "from", "into", "alias", "parent")
_CONDITIONS = frozenset({"compare", "within", "between", "like", "missing", "flag", "short"})


def parse(text: str, kind: Kind = Kind.RUNS) -> Query:
    """Reads a query over things of a kind; an empty one asks for everything. Raises QueryError, and nothing else."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken

    _check_text(text)
    try:
        found = _parser().parse(text)
    except UnexpectedToken as error:
        raise _unexpected_token(text, error.token, set(error.expected)) from None
    except UnexpectedCharacters as error:
        raise _unexpected_letter(text, error.pos_in_stream) from None
    except UnexpectedEOF:
        raise QueryError(len(text) + 1, "the query ends too early.") from None
    _check_size(found)
    return _Reader(kind).query(found)


def fields(text: str, kind: Kind = Kind.RUNS) -> list[Field]:
    """Reads a list of metrics, params and outputs, `metrics.auc, params.lr`. Raises QueryError."""
    found = [key.field for key in parse(f"{_LIST}{text}", kind).order] if text.strip() else []
    for field in found:
        if kind is not Kind.RUNS or field.section is Section.ATTRIBUTE:
            raise QueryError(field.column - len(_LIST), "only metrics, params and outputs of runs are given beside.")
    return found


_LIST = "order by "
"""What makes a list of fields a query, so that it is read by the same rules."""


@cache
def _parser() -> Lark:
    from lark import Lark

    return Lark(GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=True, maybe_placeholders=True)


def _check_text(text: str) -> None:
    if len(text) > LONGEST_QUERY:
        raise QueryError(LONGEST_QUERY + 1, f"a query has at most {LONGEST_QUERY} letters.")
    for place, letter in enumerate(text, 1):
        if letter == "\0" or "\ud800" <= letter <= "\udfff":
            raise QueryError(place, "this letter cannot be stored, so nothing can hold it.")
    brackets = 0
    for place, letter in enumerate(text, 1):
        brackets += letter == "("
        if brackets > DEEPEST:
            raise QueryError(place, f"a query has at most {DEEPEST} brackets.")


def _check_size(found: Tree[Token]) -> None:
    conditions = list(found.find_pred(lambda part: part.data in _CONDITIONS))
    if len(conditions) > MOST_CONDITIONS:
        raise QueryError(_column(conditions[MOST_CONDITIONS]), f"a query has at most {MOST_CONDITIONS} conditions.")
    negations = list(found.find_data("negated"))
    if len(negations) > DEEPEST:
        raise QueryError(_column(negations[-1]), f"a query has at most {DEEPEST} times not.")


def _column(part: Tree[Token]) -> int:
    return (part.meta.start_pos or 0) + 1


def _unexpected_token(text: str, token: Token, expected: set[str]) -> QueryError:
    wanted = _wanted(expected)
    if token.type == "$END":
        return QueryError(len(text.rstrip()) + 1, f"the query ends too early; {wanted} is missing.")
    column = (token.start_pos or 0) + 1
    words = [word for word in _WORDS if word.upper() in expected or (word == "ilike" and "LIKE" in expected)]
    near = get_close_matches(str(token).lower(), words, n=1, cutoff=0.6)
    tip = f"; did you mean {near[0]}?" if near else "."
    return QueryError(column, f"{wanted} should stand here, not {_shown(str(token))}{tip}")


def _unexpected_letter(text: str, place: int) -> QueryError:
    letter = text[place]
    if letter in "'\"`" and letter not in text[place + 1 :]:
        return QueryError(place + 1, f"the {letter} that opens here is never closed.")
    word = re.match(r"\S{1,24}", text[place:])
    return QueryError(place + 1, f"{_shown(word[0] if word else letter)} cannot be read here.")


def _wanted(expected: set[str]) -> str:
    if "STRING" in expected:
        return "a value"
    if {"OPERATOR", "IS"} <= expected:
        return "a comparison such as = or like"
    if "NAME" in expected:
        return "a condition" if "LPAR" in expected else "a field"
    if {"AND", "OR"} <= expected:
        return "and, or, or the end"
    said = list(dict.fromkeys(_SAID.get(name, name.lower()) for name in sorted(expected)))
    return " or ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _shown(text: str) -> str:
    return text if len(text) <= 24 else f"{text[:23]}…"


class _Reader:
    """Makes the typed tree of what Lark found. Recursion is bounded by what was checked before."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def query(self, found: Tree[Token]) -> Query:
        where, *rest = found.children
        keys = [self._key(part) for part in rest if _is(part, "key")]
        if len(keys) > MOST_KEYS:
            raise QueryError(
                keys[MOST_KEYS].field.column, f"results can be put in order by at most {MOST_KEYS} fields."
            )
        return Query(self._node(cast("Tree[Token]", where)) if _is(where, "any") else None, tuple(keys))

    def _key(self, part: Any) -> Key:
        name, direction = part.children
        field = self._field(name)
        if field.section in {Section.TAG, Section.DATASET} or field.name == "alias":
            raise QueryError(field.column, "results cannot be put in order by what a thing may have several of.")
        return Key(field, direction is not None and direction.lower().startswith("desc"))

    def _node(self, part: Tree[Token]) -> Node:
        match part.data:
            case "any" | "all":
                parts = tuple(self._node(each) for each in _trees(part))
                if len(parts) == 1:
                    return parts[0]
                return tree.Any(parts) if part.data == "any" else All(parts)
            case "negated":
                return Not(self._node(_trees(part)[0]))
            case "condition":
                return self._node(_trees(part)[0])
            case "short":
                return self._short(_tokens(part)[0])
            case _:
                return self._condition(part)

    def _condition(self, part: Tree[Token]) -> Node:
        name = _tokens(part)[0]
        field = self._field(name)
        values = tuple(self._value(_tokens(each)[0]) for each in _trees(part))
        is_negated = any(token.type == "NOT" for token in _tokens(part))
        if len(values) > MOST_VALUES:
            raise QueryError(values[MOST_VALUES].column, f"a list has at most {MOST_VALUES} values.")
        match part.data:
            case "compare":
                operator = {"==": "=", "<>": "!="}.get(_tokens(part)[1], str(_tokens(part)[1]))
                return Compare(field, Operator(operator), self._fit(field, values[0]))
            case "within":
                fitting = tuple(self._fit(field, value) for value in values)
                return Without(field, fitting) if is_negated else Within(field, fitting)
            case "between":
                low, high = (self._fit(field, value) for value in values)
                return Not(Between(field, low, high)) if is_negated else Between(field, low, high)
            case "like":
                folds = any(token.type == "LIKE" and token.lower() == "ilike" for token in _tokens(part))
                return Like(field, _pattern(field, values[0]), folds, is_negated)
            case "missing":
                return Not(Missing(field)) if is_negated else Missing(field)
            case _:
                if field.section is not Section.TAG:
                    at = (name.end_pos or 0) + 1
                    raise QueryError(at, f"a comparison is missing after {name}, such as = or like.")
                return Not(Missing(field))

    def _short(self, token: Token) -> Node:
        word, _, rest = token.partition(":")
        column = (token.start_pos or 0) + 1
        value = rest[1:-1] if rest[0] in "'\"`" else rest
        at = column + len(word) + 1
        match word.lower():
            case "tag" | "tags":
                return Not(Missing(Field(Section.TAG, value, Type.TEXT, column=column)))
            case "from" | "into":
                return Related(Direction(word.lower()), value, at)
            case "alias" | "parent":
                return Compare(self._named(word.lower(), column), Operator.EQ, Text(value, at))
            case _:
                near = get_close_matches(word.lower(), _SHORTS, n=1, cutoff=0.6)
                tip = f"did you mean {near[0]}:?" if near else f"there are {', '.join(f'{one}:' for one in _SHORTS)}."
                raise QueryError(column, f"there is no {word}:; {tip}")

    def _field(self, token: Token) -> Field:
        return self._named(str(token), (token.start_pos or 0) + 1)

    def _named(self, name: str, column: int) -> Field:
        return field_of(name, column, self._kind)

    def _value(self, token: Token) -> Value:
        column, text = (token.start_pos or 0) + 1, str(token)
        match token.type:
            case "NUMBER":
                return Number(float(text), column)
            case "SPAN":
                return Span(_seconds(text, column), column)
            case "STRING":
                quote = text[0]
                return Text(text[1:-1].replace(quote * 2, quote), column)
            case "DATE" | "VERSION":
                return Text(text, column)
            case _:
                return _word(text, column)

    def _fit(self, field: Field, value: Value) -> Value:
        """The value, if the field can be compared with it."""
        match field.type, value:
            case Type.NUMBER, Number() | Span():
                return value
            case Type.NUMBER, _:
                raise QueryError(value.column, f"{field.section}.{field.name} is a number; compare it with one.")
            case Type.DURATION, Number() | Span():
                return value
            case Type.DURATION, _:
                raise QueryError(
                    value.column, f"{field.name} is a duration; compare it with one, such as 90s or 1h30m."
                )
            case Type.TIME, Span():
                return value
            case Type.TIME, _:
                if not isinstance(value, Boolean) and moment(value) is not None:
                    return value
                raise QueryError(value.column, f"{field.name} is a time; write it like 2026-03-01, or -7d.")
            case Type.VERSION, Text(text):
                from vitrina.store.versions import BadVersionError, parse_version

                try:
                    parse_version(text)
                except BadVersionError:
                    raise QueryError(value.column, f"{_shown(text)} is no version; write it like 1.4.0.") from None
                return value
            case Type.VERSION, _:
                raise QueryError(value.column, "a version is written like 1.4.0.")
            case Type.TEXT, Number(number):
                return Text(_digits(number), value.column)
            case Type.TEXT, Boolean(truth):
                return Text("true" if truth else "false", value.column)
            case Type.TEXT, Span():
                raise QueryError(value.column, f"{field.name} is text; write the value in quotes.")
            case _:
                return value


def moment(value: Text | Number) -> datetime | None:
    """A time as ISO 8601 has it (UTC unless it says otherwise), or in milliseconds since 1970; None: it is none."""
    try:
        if isinstance(value, Number):
            return _EPOCH + timedelta(milliseconds=value.value)
        read = datetime.fromisoformat(value.value.strip())
        return (read if read.tzinfo is not None else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _digits(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)


def _word(text: str, column: int) -> Value:
    folded = text.lower()
    if folded in {"true", "false"}:
        return Boolean(folded == "true", column)
    if folded in {"nan", "inf", "infinity"}:
        return Number(float(folded), column)
    if "." in text or "`" in text:
        raise QueryError(column, f"a value should stand here, not {_shown(text)}; text is written in quotes.")
    return Text(text, column)


def _seconds(text: str, column: int) -> float:
    total = sum(float(amount) * SPAN_S[unit] for amount, unit in _SPAN_PART.findall(text))
    if not math.isfinite(total) or total > 1000 * SPAN_S["y"]:
        raise QueryError(column, "this is longer than a thousand years.")
    return -total if text.startswith("-") else total


def _pattern(field: Field, value: Value) -> Pattern:
    if field.type not in {Type.TEXT, Type.MIXED} or not isinstance(value, Text):
        raise QueryError(value.column, "like takes text in quotes, such as 'resnet%', and a field of text.")
    pieces = tuple(_pieces(value.value))
    if sum(isinstance(piece, Wildcard) and piece.is_many for piece in pieces) > MOST_WILDCARDS:
        raise QueryError(value.column, f"a pattern has at most {MOST_WILDCARDS} times %.")
    return pieces


def _pieces(text: str) -> Iterator[str | Wildcard]:
    """A backslash takes the next letter as it is. Wildcards beside each other are one where that means the same."""
    literal, letters, was_many = "", iter(text), False
    for letter in letters:
        if letter in "%_":
            if literal:
                yield literal
            if not (letter == "%" and was_many and not literal):
                yield Wildcard(letter == "%")
            literal, was_many = "", letter == "%"
        else:
            literal += next(letters, "\\") if letter == "\\" else letter
    if literal:
        yield literal


def _is(part: Any, data: str) -> bool:
    return getattr(part, "data", None) == data


def _trees(part: Tree[Token]) -> list[Tree[Token]]:
    return [cast("Tree[Token]", each) for each in part.children if hasattr(each, "data")]


def _tokens(part: Tree[Token]) -> list[Token]:
    return [
        cast("Token", each)
        for each in cast("list[object]", part.children)
        if each is not None and not hasattr(each, "data")
    ]
