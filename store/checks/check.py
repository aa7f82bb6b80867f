"""What can be expected of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast, overload

from vitrina.store.errors import InvalidError

Bound = int | float | str
"""An end of a range: a number, or a time as text."""


class CheckError(InvalidError):
    """A check is declared in a way that says nothing."""


class Kind(StrEnum):
    NOT_NULL = "not_null"
    UNIQUE = "unique"
    RANGE = "range"
    ALLOWED = "allowed"
    ROW_COUNT = "row_count"
    SKEW = "skew"
    CONDITION = "condition"
    FUNCTION = "function"
    LEAK = "leak"


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    BROKEN = "broken"
    """It could not be asked: a column that is not there, an error in its condition. It counts as failed."""


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation. Made by the functions below, which say what each kind means."""

    kind: Kind
    columns: tuple[str, ...] = ()
    low: Bound | None = None
    high: Bound | None = None
    values: tuple[Any, ...] = ()
    sql: str = ""
    name: str = ""
    """In one's own words; empty: what `title` makes of it."""

    function: Callable[[Any], Any] | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        """What is expected, as people say it."""
        if self.name:
            return self.name
        columns = ", ".join(self.columns)
        match self.kind:
            case Kind.NOT_NULL:
                return f"{columns} {'are' if len(self.columns) > 1 else 'is'} never missing"
            case Kind.UNIQUE:
                return f"{columns} {'are unique together' if len(self.columns) > 1 else 'is unique'}"
            case Kind.RANGE:
                return f"{columns} is {_range(self.low, self.high)}"
            case Kind.ALLOWED:
                return f"{columns} is one of {', '.join(map(str, self.values))}"
            case Kind.ROW_COUNT:
                return f"number of rows is {_range(self.low, self.high)}"
            case Kind.SKEW:
                return f"{columns} is skewed by {self.high} at most"
            case Kind.CONDITION:
                return self.sql
            case Kind.FUNCTION | Kind.LEAK:
                return "no row is in two splits" if self.kind is Kind.LEAK else "a function"

    def as_dict(self) -> dict[str, Any]:
        """As JSON; a function has none."""
        assert self.function is None, "a function is asked where it was written"
        return {
            "kind": self.kind,
            "columns": list(self.columns),
            "low": self.low,
            "high": self.high,
            "values": list(self.values),
            "sql": self.sql,
            "name": self.name,
        }


@dataclass(frozen=True, slots=True)
class Result:
    """How a check went."""

    title: str
    kind: Kind
    outcome: Outcome
    said: str
    """What was found, in one sentence."""

    rows: int | None = None
    """Rows that do not keep to it; None: it is not about single rows."""

    examples: tuple[str, ...] = ()
    """Some of the values that do not keep to it."""

    @property
    def is_passed(self) -> bool:
        return self.outcome is Outcome.PASSED

    def as_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "kind": self.kind,
            "outcome": self.outcome,
            "said": self.said,
            "rows": self.rows,
            "examples": list(self.examples),
        }


def check_of(kept: Mapping[str, Any]) -> Check:
    """A check from `as_dict`."""
    return Check(
        Kind(kept["kind"]),
        tuple(kept["columns"]),
        kept["low"],
        kept["high"],
        tuple(kept["values"]),
        kept["sql"],
        kept["name"],
    )


def result_of(kept: object) -> Result:
    """A result from `as_dict`. One of another form, which no client of ours wrote, is broken: it is no pass."""
    told: Mapping[str, object] = cast("Mapping[str, object]", kept if isinstance(kept, Mapping) else {})
    title, said, rows, examples = (told.get(name) for name in ("title", "said", "rows", "examples"))
    kind = next((one for one in Kind if one == told.get("kind")), None)
    outcome = next((one for one in Outcome if one == told.get("outcome")), None)
    if not isinstance(title, str) or not isinstance(said, str) or kind is None or outcome is None:
        return Result("an unknown check", Kind.FUNCTION, Outcome.BROKEN, "What it found cannot be read.")
    listed = cast("list[object]", examples) if isinstance(examples, list) else []
    shown = tuple(str(one) for one in listed)
    return Result(title, kind, outcome, said, rows if isinstance(rows, int) else None, shown)


def not_null(*columns: str, name: str = "") -> Check:
    """No value of these columns is missing (null or NaN)."""
    return Check(Kind.NOT_NULL, _some(columns, "not_null"), name=name)


def unique(*columns: str, name: str = "") -> Check:
    """No two rows have the same values in these columns, taken together; rows with a missing one are not looked at."""
    return Check(Kind.UNIQUE, _some(columns, "unique"), name=name)


def between(column: str, low: Bound | None = None, high: Bound | None = None, *, name: str = "") -> Check:
    """Every value that is there lies between the two, ends included; None: open on that side. Times are given as
    text: `between("on", "2026-01-01")`."""
    if low is None and high is None:
        raise CheckError(f"The range of {column!r} has no end.", hint="Give low=, high= or both.")
    return Check(Kind.RANGE, (column,), low, high, name=name)


def allowed(column: str, *values: Any, name: str = "") -> Check:
    """Every value that is there is one of these."""
    if not values:
        raise CheckError(f"No value of {column!r} is allowed.", hint='Write allowed("plan", "basic", "pro").')
    return Check(Kind.ALLOWED, (column,), values=values, name=name)


def row_count(low: int | None = None, high: int | None = None, *, name: str = "") -> Check:
    """There are so many rows, ends included; None: open on that side."""
    if low is None and high is None:
        raise CheckError("The number of rows has no end.", hint="Give low=, high= or both.")
    return Check(Kind.ROW_COUNT, (), low, high, name=name)


def skew(column: str, at_most: float, *, name: str = "") -> Check:
    """Numbers are skewed (third standardised moment) by so much at most, to either side; of words and truth values
    the most frequent one has at most this share (0 to 1) of those that are there."""
    return Check(Kind.SKEW, (column,), high=at_most, name=name)


def condition(sql: str, *, name: str = "") -> Check:
    """A condition in SQL (DuckDB's) that every row keeps to, or the table as a whole where it has an aggregate:
    `condition("paid <= bill")`, `condition("avg(age) < 60")`. As with SQL's CHECK, what is unknown is no offence."""
    if not sql.strip():
        raise CheckError("The condition is empty.", hint='Write condition("paid <= bill").')
    return Check(Kind.CONDITION, sql=sql.strip(), name=name)


@overload
def check(function: Callable[[Any], Any], /) -> Check: ...
@overload
def check(*, name: str) -> Callable[[Callable[[Any], Any]], Check]: ...
def check(function: Callable[[Any], Any] | None = None, /, *, name: str = "") -> Any:
    """Makes a function a check. It is given the data as it was given to `log_dataset` (a table, a path; of splits each
    in turn) and answers True or False, one of these for each row, or a sentence that says what is wrong; "" and None
    pass. What it raises fails.

        @check(name="the newest order is of this year")
        def is_fresh(orders): return orders.placed.max() >= "2026"
    """

    def made(function: Callable[[Any], Any]) -> Check:
        called = name or function.__name__.replace("_", " ")
        return Check(Kind.FUNCTION, name=called, function=function)

    return made if function is None else made(function)


def _some(columns: tuple[str, ...], call: str) -> tuple[str, ...]:
    if not columns:
        raise CheckError(f"{call}() names no column.", hint=f'Write {call}("id").')
    return columns


def _range(low: Bound | None, high: Bound | None) -> str:
    if low is None:
        return f"at most {high}"
    return f"at least {low}" if high is None else f"from {low} to {high}"
