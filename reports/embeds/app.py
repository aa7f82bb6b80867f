"""The card of an app: what it is, of which version, and the way in."""

from __future__ import annotations

from vitrina.reports import dates
from vitrina.reports.embeds.embed import Asked
from vitrina.reports.shelf import Shelf
from vitrina.reports.shown import Badge, Card, Fact, Icon, Shot, Tone
from vitrina.store.records import App

NAME = "app"


def claims(asked: Asked) -> bool:
    return bool(asked.things) and asked.thing.found.app is not None


def show(asked: Asked, shelf: Shelf) -> Card:
    app = asked.thing.found.app
    assert app is not None
    version = app.version
    stage = [Badge(version.stage.value, Tone(version.stage.value))] if version.stage is not None else []
    return Card(
        icon=Icon.APP,
        kind="App",
        ref=app.ref,
        title=app.title or app.name,
        badges=(Badge(app.framework), *stage),
        facts=(
            Fact("Of", f"{version.collection.name} {version.number}", link=version.ref),
            Fact("Logged", dates.short_day(app.created_at), note=f"revision {app.revision}"),
        ),
        text=app.description,
        open_ref=app.ref,
        shot=_shot(app, shelf),
    )


def _shot(app: App, shelf: Shelf) -> Shot | None:
    """Its picture; None where none was taken yet, or could be."""
    picture = shelf.picture(app)
    if picture is None or picture.blob is None:
        return None
    alt = f"Picture of the app {app.title or app.name}"
    return Shot(app.revision_id, picture.blob, alt, picture.width, picture.height)
