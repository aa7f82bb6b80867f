"""`vitrina app set` and `vitrina app status`: how an app is to be served, and how that goes."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitrina.hub.cli import app_use, printing
from vitrina.hub.cli.app_named import AppRef, app_of
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.pages import data
from vitrina.store.serving import Network, Serving

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vitrina.store.records import App

Moves = Annotated[int, typer.Option("-n", "--moves", min=0, help="How many of its last moves are shown.")]


class Switch(StrEnum):
    """A setting that is or is not."""

    ON = "on"
    OFF = "off"


def set_(
    ref: AppRef,
    least: Annotated[int | None, typer.Option("--min", help="Instances that run though nobody comes.")] = None,
    most: Annotated[int | None, typer.Option("--max", help="Instances at most, started as places are taken.")] = None,
    people: Annotated[int | None, typer.Option(help="Places in one instance; 0: any number.")] = None,
    idle_minutes: Annotated[
        float | None, typer.Option(help="Without anybody until it stops; 0: as the hub says.")
    ] = None,
    network: Annotated[Network | None, typer.Option(help="Whom it may connect to.")] = None,
    upload_mb: Annotated[
        int | None, typer.Option(help="Longest body of a request, in megabytes; 0: as the hub says.")
    ] = None,
    picture: Annotated[Switch | None, typer.Option(help="Whether the hub takes pictures of it by itself.")] = None,
    feedback: Annotated[Switch | None, typer.Option(help="Whether what it records of people's trying is kept.")] = None,
    json: Json = False,
) -> None:
    """Decide how an app is to be served; without options, say how it is. A hub that runs follows within seconds."""
    with opened() as store:
        found = app_of(store, ref)
        given: dict[str, Any] = {"min_instances": least, "max_instances": most, "network": network}
        changed = {name: value for name, value in given.items() if value is not None}
        changed |= {"people": people or None} if people is not None else {}
        changed |= {"idle_minutes": idle_minutes or None} if idle_minutes is not None else {}
        changed |= {"upload_mb": upload_mb or None} if upload_mb is not None else {}
        changed |= {"picture": picture is Switch.ON} if picture is not None else {}
        changed |= {"feedback": feedback is Switch.ON} if feedback is not None else {}
        found = store.apps.serve(found, replace(found.serving, **changed))
    _say(found, json=json)


def status(ref: AppRef, moves: Moves = 10, json: Json = False) -> None:
    """What runs of an app, the last moves in the lives of its instances with their reasons, and how it is used."""
    with opened() as store:
        found = app_of(store, ref)
        told = store.instances.of_revision(found.revision_id)
        moved = store.instances.moves(found.revision_id, limit=moves)
        use = app_use.of(store, found)
    if json:
        printing.as_json(data.instances(found, told, moved) | {"use": data.use(use)})
        return
    rows = [(one.number, one.state, one.started_at or "", one.pid or "", one.reason) for one in told]
    printing.table(("NUMBER", "STATE", "STARTED", "PID", "REASON"), rows, empty="Nothing of it runs or ran here.")
    if moved:
        print()
        lines = [(move.at, move.number, move.state, move.reason) for move in moved]
        printing.table(("AT", "NUMBER", "STATE", "REASON"), lines, empty="")
    app_use.say(use)


def in_words(serving: Serving) -> Mapping[str, str]:
    """Each setting as people say it."""
    return {
        "min": f"{serving.min_instances}",
        "max": f"{serving.max_instances}",
        "people": "any number" if serving.people is None else f"{serving.people}",
        "idle minutes": "as the hub says" if serving.idle_minutes is None else f"{serving.idle_minutes:g}",
        "network": serving.network.value,
        "feedback": (Switch.ON if serving.feedback else Switch.OFF).value,
        "upload MB": "as the hub says" if serving.upload_mb is None else f"{serving.upload_mb}",
        "picture": (Switch.ON if serving.picture else Switch.OFF).value,
    }


def _say(found: App, *, json: bool) -> None:
    if json:
        printing.as_json(data.app(found) | {"serving": data.serving(found.serving)})
        return
    print(f"{found.ref}")
    for name, value in in_words(found.serving).items():
        print(f"  {name}: {value}")
