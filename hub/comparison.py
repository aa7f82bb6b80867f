"""Comparisons as data: what `--json` and the API answer. A side has its place in every list of values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vitrina.hub.pages.paths import href
from vitrina.store.compare.code import CodeChange
from vitrina.store.compare.comparison import Comparison
from vitrina.store.compare.figures import Metric
from vitrina.store.compare.files import ComparedFile
from vitrina.store.compare.importance import Importance
from vitrina.store.compare.rows import MISSING, Row
from vitrina.store.compare.sides import Code, Side
from vitrina.store.measures import Better
from vitrina.store.records import Series, VersionFile


def comparison_data(found: Comparison) -> dict[str, Any]:
    return {
        "sides": [_side(side) for side in found.sides],
        "metrics": [_metric(one) for one in found.metrics],
        "params": _rows(found.params),
        "outputs": _rows(found.outputs),
        "fields": _rows(found.fields),
        "environment": _rows(found.environment),
        "files": [_file(one) for one in found.files],
        "code": [_code_change(one) for one in found.code],
    }


def importance_data(found: Importance) -> dict[str, Any]:
    return {
        "metric": found.metric,
        "runs": found.runs,
        "score": found.score,
        "params": [
            {
                "name": one.name,
                "importance": one.importance,
                "correlation": one.correlation,
                "distinct": one.distinct,
            }
            for one in found.weights
        ],
        "constant": list(found.constant),
    }


def _side(side: Side) -> dict[str, Any]:
    version, run = side.version, side.run
    return {
        "ref": side.ref,
        "kind": version.collection.noun.singular if version is not None else "run",
        "url": href(side.ref),
        "title": side.title,
        "role": side.role or None,
        "run": run.ref if run is not None else None,
        "stage": version.stage if version is not None else None,
        "status": run.status if run is not None else None,
    }


def _metric(one: Metric) -> dict[str, Any]:
    return {
        "name": one.name,
        "better": one.better.value if one.better is not Better.UNKNOWN else None,
        "values": list(one.values),
        "differs": one.differs,
        "best": list(one.best),
        "series": [_series(each) for each in one.series],
    }


def _series(one: Series | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"count": one.count, "first": one.first, "last": one.last, "min": one.min, "max": one.max}


def _rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [
        {
            "name": row.name,
            "values": [None if value is MISSING else value for value in row.values],
            "is_there": [value is not MISSING for value in row.values],
            "differs": row.differs,
        }
        for row in rows
    ]


def _file(one: ComparedFile) -> dict[str, Any]:
    return {
        "path": one.path,
        "files": [_version_file(each) for each in one.files],
        "changes": [change.value for change in one.changes],
        "differs": one.differs,
    }


def _version_file(file: VersionFile | None) -> Mapping[str, Any] | None:
    return {"digest": file.blob.digest, "size_bytes": file.blob.size} if file is not None else None


def _code_change(one: CodeChange) -> dict[str, Any]:
    return {
        "before": _code(one.before),
        "after": _code(one.after),
        "is_same": one.is_same,
        "said": one.said,
        "command": one.command or None,
        "lines": list(one.lines),
    }


def _code(code: Code) -> dict[str, Any]:
    return {
        "commit": code.commit or None,
        "branch": code.branch or None,
        "is_dirty": code.is_dirty,
        "remote": code.remote or None,
        "entry": code.entry or None,
    }
