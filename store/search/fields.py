"""The fields that each kind has, and what a name in a query means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from vitrina.store.search.errors import QueryError
from vitrina.store.search.tree import Aggregate, All, Field, Kind, Node, Not, Query, Related, Section, Type
from vitrina.store.search.tree import Any as AnyOf

_OF_ALL: Mapping[str, Type] = {
    "name": Type.TEXT,
    "created": Type.TIME,
    "user": Type.TEXT,
    "project": Type.TEXT,
    "owner": Type.TEXT,
}
_COLLECTION: Mapping[str, Type] = {
    **_OF_ALL,
    "title": Type.TEXT,
    "description": Type.TEXT,
    "stage": Type.TEXT,
    "alias": Type.TEXT,
}

ATTRIBUTES: Mapping[Kind, Mapping[str, Type]] = {
    Kind.RUNS: {
        **_OF_ALL,
        "id": Type.TEXT,
        "description": Type.TEXT,
        "status": Type.TEXT,
        "message": Type.TEXT,
        "finished": Type.TIME,
        "duration": Type.DURATION,
        "progress": Type.NUMBER,
        "parent": Type.TEXT,
        "artifact_uri": Type.TEXT,
    },
    Kind.MODELS: _COLLECTION,
    Kind.DATASETS: _COLLECTION,
    Kind.ARTIFACTS: _COLLECTION,
    Kind.VERSIONS: {
        **_OF_ALL,
        "version": Type.VERSION,
        "noun": Type.TEXT,
        "stage": Type.TEXT,
        "alias": Type.TEXT,
        "flavour": Type.TEXT,
        "size": Type.NUMBER,
        "notes": Type.TEXT,
        "content": Type.TEXT,
        "run": Type.TEXT,
    },
    Kind.REPORTS: {**_OF_ALL, "title": Type.TEXT, "updated": Type.TIME, "noun": Type.TEXT},
}

OTHER_NAMES: Mapping[Kind, Mapping[str, str]] = {
    Kind.RUNS: {
        "run_id": "id",
        "uuid": "id",
        "run_name": "name",
        "run name": "name",
        "started": "created",
        "start_time": "created",
        "end_time": "finished",
        "ended": "finished",
        "user_id": "user",
        "by": "user",
    },
    Kind.VERSIONS: {"version_number": "version", "number": "version", "run_id": "run", "by": "user"},
}
"""MLflow's words, and those that people try."""

SECTIONS: Mapping[str, Section] = {
    "metrics": Section.METRIC,
    "metric": Section.METRIC,
    "params": Section.INPUT,
    "param": Section.INPUT,
    "parameters": Section.INPUT,
    "parameter": Section.INPUT,
    "inputs": Section.INPUT,
    "input": Section.INPUT,
    "outputs": Section.OUTPUT,
    "output": Section.OUTPUT,
    "tags": Section.TAG,
    "tag": Section.TAG,
    "datasets": Section.DATASET,
    "dataset": Section.DATASET,
    "attributes": Section.ATTRIBUTE,
    "attribute": Section.ATTRIBUTE,
    "attr": Section.ATTRIBUTE,
    "run": Section.ATTRIBUTE,
}
OF_DATASETS: Mapping[str, Type] = {"name": Type.TEXT, "digest": Type.TEXT, "context": Type.TEXT}
MLFLOW_TAGS: Mapping[str, str] = {
    "mlflow.runname": "name",
    "mlflow.user": "user",
    "mlflow.parentrunid": "parent",
    "mlflow.note.content": "description",
}
"""Tags by which MLflow keeps what is an attribute here."""

_PART = re.compile(r"`([^`]*)`|\"([^\"]*)\"|'([^']*)'|([^.`\"']+)")


def field_of(text: str, column: int, kind: Kind) -> Field:
    """What a name in a query means. Raises QueryError, which names the nearest one."""
    parts = [
        (next(group for group in match.groups() if group is not None), match[4] is None)
        for match in _PART.finditer(text)
    ]
    head, *rest = parts
    if not rest:
        return _attribute(head[0], column, kind, said=text)
    section = SECTIONS.get(head[0].lower())
    if section is None or head[1]:
        raise _unknown(text, column, [f"{word}.{text.partition('.')[2]}" for word in SECTIONS])
    if section is Section.ATTRIBUTE:
        return _attribute(".".join(part for part, _ in rest), column, kind, said=text)
    if kind is Kind.REPORTS:
        raise QueryError(column, f"reports have no {section}; search runs or versions for it.")
    return _in_section(section, rest, column, kind)


def spoken_of(query: Query) -> list[Field]:
    """The fields of a query, each once, in the order in which they come."""
    found = [*_fields(query.where), *(key.field for key in query.order)]
    return list(dict.fromkeys(found))


def _fields(node: Node | None) -> Iterator[Field]:
    match node:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _fields(part)
        case Not(part):
            yield from _fields(part)
        case None | Related():
            return
        case _:
            yield node.field


def _in_section(section: Section, rest: Sequence[tuple[str, bool]], column: int, kind: Kind) -> Field:
    name = ".".join(part for part, _ in rest)
    match section:
        case Section.METRIC:
            last, is_quoted = rest[-1]
            if len(rest) > 1 and not is_quoted and last.lower() in set(Aggregate):
                named = ".".join(part for part, _ in rest[:-1])
                return Field(section, named, Type.NUMBER, Aggregate(last.lower()), column)
            return Field(section, name, Type.NUMBER, column=column)
        case Section.INPUT | Section.OUTPUT:
            return Field(section, name, Type.MIXED, column=column)
        case Section.DATASET:
            if name.lower() not in OF_DATASETS:
                raise _unknown(f"datasets.{name}", column, [f"datasets.{one}" for one in OF_DATASETS])
            return Field(section, name.lower(), Type.TEXT, column=column)
        case _:
            if kind is Kind.RUNS and name.lower() in MLFLOW_TAGS:
                return _attribute(MLFLOW_TAGS[name.lower()], column, kind, said=name)
            return Field(Section.TAG, name, Type.TEXT, column=column)


def _attribute(name: str, column: int, kind: Kind, *, said: str) -> Field:
    known, others = ATTRIBUTES[kind], OTHER_NAMES.get(kind, {})
    folded = others.get(name.lower(), name.lower())
    if folded in known:
        return Field(Section.ATTRIBUTE, folded, known[folded], column=column)
    raise _unknown(said, column, [*known, *others, *(f"attributes.{one}" for one in known)], of=kind)


def _unknown(text: str, column: int, candidates: Sequence[str], *, of: Kind | None = None) -> QueryError:
    near = get_close_matches(text.lower(), candidates, n=1, cutoff=0.6)
    if near:
        written = _as_written(near[0], text)
        return QueryError(column, f"there is no field {text}; did you mean {written}?")
    if of is not None and "." not in text and of is not Kind.REPORTS:
        return QueryError(column, f"there is no field {text}; did you mean metrics.{text} or params.{text}?")
    known = ", ".join(ATTRIBUTES[of]) if of is not None else "metrics.…, params.…, outputs.…, tags.…, datasets.…"
    return QueryError(column, f"there is no field {text}; fields are {known}.")


def _as_written(near: str, text: str) -> str:
    """The nearest section with the rest as it was written, since names of metrics have capitals."""
    head, dot, _ = near.partition(".")
    return f"{head}.{text.partition('.')[2]}" if dot else near
