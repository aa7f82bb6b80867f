"""The three fences of ours, each a table of the keys it takes.

    ```chart
    runs: tag:best
    metric: auc
    x: inputs.depth
    kind: scatter
    ```

A fence of any other name stays code. docs/reports.md lists the keys; a test compares it with the tables here.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, cast

from vitrina.reports.keys import Entry, FenceError, Key, entries, read
from vitrina.reports.queries import (
    ChartKind,
    ChartQuery,
    Field,
    Head,
    Order,
    Query,
    RunsQuery,
    Selection,
    TableQuery,
)
from vitrina.store.errors import VitrinaError
from vitrina.store.refs import COLLECTIONS, Noun, Ref, parse_ref

FIELD_SECTIONS = {"metrics": "metrics", "inputs": "inputs", "params": "inputs", "outputs": "outputs"}


class Fence(StrEnum):
    """The value is the word after the three backquotes."""

    CHART = "chart"
    TABLE = "table"
    RUNS = "runs"

    @property
    def noun(self) -> str:
        """What it makes, in "This table cannot be shown"."""
        return "table" if self is Fence.RUNS else self.value


def query(fence: Fence, text: str, *, line: int) -> Query:
    """What a fence asks for; `line` is that of the text's first line. Raises FenceError."""
    given = entries(text, line=line)
    values = read(given, KEYS[fence], fence=fence)
    head = _head(values, given, line)
    match fence:
        case Fence.CHART:
            return _chart(head, values)
        case Fence.TABLE:
            return _table(head, values)
        case Fence.RUNS:
            return RunsQuery(head, values.get("columns", ()))


def _head(values: Mapping[str, Any], given: Mapping[str, Entry], line: int) -> Head:
    return Head(
        runs=values.get("runs"),
        project=values.get("project"),
        title=values.get("title", ""),
        caption=values.get("caption", ""),
        top=values.get("top"),
        order=values.get("order"),
        lines={name: entry.line for name, entry in given.items()},
        line=line,
    )


def _chart(head: Head, values: Mapping[str, Any]) -> ChartQuery:
    if "metric" not in values:
        raise FenceError("A chart needs `metric`: the name of what is drawn.", line=head.line)
    made = ChartQuery(
        head,
        values["metric"],
        values.get("kind", ChartKind.LINE),
        values.get("x"),
        values.get("group"),
        values.get("smooth", 0.0),
        values.get("scale", False),
    )
    for key, kinds in _ONLY_WITH.items():
        if key in values and made.kind not in kinds:
            raise FenceError(
                f"`{key}` goes with kind {_either([kind.value for kind in kinds])}, not with {made.kind}.",
                line=head.lines[key],
            )
    if made.kind is ChartKind.SCATTER and made.x is None:
        raise FenceError("A scatter needs `x`: what runs along the bottom.", line=head.line)
    if made.kind is not ChartKind.LINE and len(made.metrics) > 1:
        raise FenceError(f"A {made.kind} draws one metric.", line=head.lines["metric"])
    return made


_ONLY_WITH = {
    "x": (ChartKind.SCATTER,),
    "group": (ChartKind.SCATTER, ChartKind.BOX),
    "smooth": (ChartKind.LINE,),
    "scale": (ChartKind.LINE,),
}


def _table(head: Head, values: Mapping[str, Any]) -> TableQuery:
    made = TableQuery(head, values.get("metrics", ()), values.get("table"), values.get("columns", ()))
    if made.table is None and "columns" in values:
        raise FenceError("`columns` are those of a logged table: name it by `table`.", line=head.lines["columns"])
    for key in ("metrics", "runs", "order") if made.table is not None else ():
        if key in values:
            raise FenceError(
                f"`{key}` does not go with `table`: a logged table has its own rows.", line=head.lines[key]
            )
    if made.table is not None and (made.table.part is None or not made.table.part.name):
        raise FenceError("`table` takes a table that was logged: REF#tables/NAME.", line=head.lines["table"])
    return made


# What the keys take. Each reader gets what YAML gave, and raises ValueError with the end of "`key` takes …".


def _words(value: Any) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError("words")


def _names(value: Any) -> tuple[str, ...]:
    listed = cast("list[Any]", value) if isinstance(value, list) else [value]
    if not listed or not all(isinstance(each, str | int | float) and not isinstance(each, bool) for each in listed):
        raise ValueError("a name, or a list of names")
    return tuple(str(each) for each in listed)


def _field(value: Any) -> Field:
    if not isinstance(value, str) or not value:
        raise ValueError("a value of the runs: inputs.NAME, metrics.NAME, outputs.NAME, name or started")
    section, dot, name = value.partition(".")
    if dot and name and section in FIELD_SECTIONS:
        return Field(name, FIELD_SECTIONS[section])
    return Field(value)


def _fields(value: Any) -> tuple[Field, ...]:
    return tuple(_field(each) for each in _names(value))


def _order(value: Any) -> Order:
    words = value.split() if isinstance(value, str) else []
    match words:
        case [by] | [by, "desc"]:
            return Order(_field(by))
        case [by, "asc"]:
            return Order(_field(by), is_descending=False)
        case _:
            raise ValueError("a value of the runs, then asc or desc: metrics.auc desc")


def _top(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise ValueError("a whole number from 1")


def _smooth(value: Any) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1:
        return float(value)
    raise ValueError("a number from 0 to below 1")


def _kind(value: Any) -> ChartKind:
    try:
        return ChartKind(value)
    except ValueError:
        raise ValueError(_either([kind.value for kind in ChartKind])) from None


def _scale(value: Any) -> bool:
    if value in ("linear", "log"):
        return value == "log"
    raise ValueError("linear or log")


def _selection(value: Any) -> Selection:
    listed = cast("list[Any]", value) if isinstance(value, list) else [value]
    if listed == ["all"]:
        return Selection()
    if len(listed) == 1 and isinstance(listed[0], str) and listed[0].startswith("tag:") and len(listed[0]) > 4:
        return Selection(tag=listed[0].removeprefix("tag:").strip())
    if not listed or not all(isinstance(each, str) for each in listed):
        raise ValueError("all, tag:NAME, or a list of references of runs and versions")
    return Selection(refs=tuple(_run_or_version(each) for each in listed))


def _run_or_version(text: str) -> Ref:
    ref = _ref(text)
    if ref.noun not in COLLECTIONS | {Noun.RUN} or ref.app is not None or ref.readme:
        raise ValueError(f"runs and versions, which {text} is not")
    return ref


def _project(value: Any) -> Ref:
    ref = _ref(value)
    if ref.noun is not None or ref.readme:
        raise ValueError("a project: owner/name")
    return ref


def _ref(value: Any) -> Ref:
    if not isinstance(value, str):
        raise ValueError("a reference")
    try:
        return parse_ref(value)
    except VitrinaError as error:
        raise ValueError(f"a reference, and {error.message.rstrip('.')}") from None


def _either(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]


_HEAD: tuple[Key, ...] = (
    Key("runs", _selection, "`all` (when left out), `tag:NAME`, or a list of references of runs and versions"),
    Key("project", _project, "whose runs; when left out, the project that the text belongs to"),
    Key("order", _order, "by which value runs are put in order: `metrics.auc desc`"),
    Key("top", _top, "at most so many"),
    Key("title", _words, "what stands above it"),
    Key("caption", _words, "what stands below it"),
)

_OWN: Mapping[Fence, tuple[Key, ...]] = {
    Fence.CHART: (
        Key("metric", _names, "what is drawn: a name, for lines also a list of names"),
        Key("kind", _kind, "`line` (when left out), `bar`, `scatter`, `box` or `histogram`"),
        Key("x", _field, "scatter: what runs along the bottom, `inputs.depth`"),
        Key("group", _field, "scatter, box: runs with the same value here belong together"),
        Key("smooth", _smooth, "line: weight of a running mean, from 0 (none) to below 1"),
        Key("scale", _scale, "line: `linear` (when left out) or `log`"),
    ),
    Fence.TABLE: (
        Key("metrics", _names, "the rows: names of metrics; when left out, all of them"),
        Key("table", _ref, "instead of metrics: a table that was logged, `REF#tables/NAME`"),
        Key("columns", _names, "of a logged table: which columns; when left out, all of them"),
    ),
    Fence.RUNS: (Key("columns", _fields, "values of the runs; when left out, inputs that differ and metrics"),),
}

KEYS: Mapping[Fence, tuple[Key, ...]] = {fence: (*own, *_HEAD) for fence, own in _OWN.items()}
