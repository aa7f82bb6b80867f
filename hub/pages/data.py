"""Pages as data: what `.json` answers. A thing has at least its reference, kind and address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from vitrina.hub.pages.paths import href, object_bytes
from vitrina.store.charts.data import encode
from vitrina.store.records import (
    App,
    Collection,
    LoggedObject,
    Move,
    Param,
    Project,
    Report,
    Run,
    Running,
    Series,
    Version,
    VersionFile,
)
from vitrina.store.serving import Serving

if TYPE_CHECKING:
    from fastapi.responses import Response

    from vitrina.store.usage import AppUse, Figures


def answer(value: object) -> Response:
    """JSON. What is no number (NaN, infinities) is null: JSON has no word for it."""
    from fastapi.responses import Response  # the command line uses the rest of this module without a web framework

    return Response(encode(value), media_type="application/json")


def listed(items: Iterable[Mapping[str, Any]], after: int | None = None) -> Mapping[str, Any]:
    """One page of a list; `after` asks for the next one, null: this was the last."""
    return {"items": list(items), "after": after}


def project(thing: Project) -> dict[str, Any]:
    return {
        **_head(thing.ref, "project"),
        "title": thing.title,
        "description": thing.description,
        "visibility": thing.visibility,
        "created_at": thing.created_at,
        "updated_at": thing.updated_at,
    }


def run(thing: Run) -> dict[str, Any]:
    return {
        **_head(thing.ref, "run"),
        "name": thing.name,
        "description": thing.description,
        "status": thing.status,
        "message": thing.message,
        "progress": thing.progress,
        "tags": thing.tags,
        "started_at": thing.started_at,
        "finished_at": thing.finished_at,
        "by": thing.by,
    }


def collection(thing: Collection) -> dict[str, Any]:
    return {
        **_head(thing.ref, thing.noun.singular),
        "title": thing.title,
        "description": thing.description,
        "created_at": thing.created_at,
    }


def version(thing: Version) -> dict[str, Any]:
    return {
        **_head(thing.ref, thing.collection.noun.singular),
        "version": thing.number,
        "stage": thing.stage,
        "aliases": thing.aliases,
        "content": thing.content,
        "size_bytes": thing.size,
        "flavour": thing.flavour,
        "signature": thing.signature,
        "summary": thing.summary,
        "notes": thing.notes,
        "created_at": thing.created_at,
        "by": thing.by,
    }


def app(thing: App, state: str | None = None) -> dict[str, Any]:
    return {
        **_head(thing.ref, "app"),
        "title": thing.title,
        "description": thing.description,
        "framework": thing.framework,
        "revision": thing.revision,
        "state": state,
        "created_at": thing.created_at,
        "by": thing.by,
    }


def serving(thing: Serving) -> dict[str, Any]:
    return asdict(thing)


def instances(thing: App, told: Sequence[Running], moves: Sequence[Move]) -> dict[str, Any]:
    return {
        **_head(thing.ref, "app"),
        "instances": [
            {
                "number": one.number,
                "state": one.state,
                "reason": one.reason,
                "started_at": one.started_at,
                "changed_at": one.changed_at,
            }
            for one in told
        ],
        "moves": [{"number": move.number, "state": move.state, "reason": move.reason, "at": move.at} for move in moves],
    }


def use(thing: AppUse) -> dict[str, Any]:
    return {
        "since": thing.since,
        "viewers": thing.viewers,
        **_used(thing.total),
        "days": [{"day": day.day, "viewers": day.viewers, **_used(day.figures)} for day in thing.days],
    }


def _used(figures: Figures) -> dict[str, Any]:
    return {
        "openings": figures.openings,
        "sessions": figures.sessions,
        "requests": figures.requests,
        "errors": figures.errors,
        "starts": figures.starts,
        "starts_ready": figures.ready,
        "crashes": figures.crashes,
        "ready_mean_s": figures.ready_mean_s,
        "ready_most_s": figures.ready_most_s if figures.ready else None,
        "memory_most_bytes": figures.memory_most_bytes or None,
    }


def report(thing: Report) -> dict[str, Any]:
    return {
        **_head(thing.ref, "report" if thing.name else "readme"),
        "title": thing.title,
        "revision": thing.revision,
        "digest": thing.digest,
        "created_at": thing.created_at,
        "by": thing.by,
    }


def logged(thing: LoggedObject) -> dict[str, Any]:
    """A logged object; `url` is the address of its bytes."""
    return {
        "kind": thing.kind,
        "part": f"{thing.section}/{thing.name}",
        "step": thing.step,
        "at": thing.at,
        "media_type": thing.media_type,
        "size_bytes": thing.blob.size,
        "digest": thing.blob.digest,
        "summary": thing.summary,
        "url": object_bytes(thing),
    }


def series(things: Iterable[Series]) -> dict[str, Any]:
    """The metrics of a run by name."""
    return {
        one.name: {
            "count": one.count,
            "first": one.first,
            "last": one.last,
            "min": one.min,
            "max": one.max,
            "last_step": one.last_step,
        }
        for one in things
    }


def params(things: Iterable[Param]) -> dict[str, Any]:
    return {one.name: one.value for one in things}


def files(things: Iterable[VersionFile]) -> list[dict[str, Any]]:
    return [{"path": one.path, "digest": one.blob.digest, "size_bytes": one.blob.size} for one in things]


def _head(ref: str, kind: str) -> dict[str, Any]:
    return {"ref": ref, "kind": kind, "url": href(ref)}
