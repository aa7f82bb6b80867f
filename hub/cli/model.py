"""`vitrina model …`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitrina.hub.cli import printing, rows
from vitrina.hub.cli.marking import with_marks
from vitrina.hub.cli.model_feedback import feedback
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.versioned import VersionRef, version_of, with_verbs
from vitrina.hub.pages import data
from vitrina.store.charts.data import plain
from vitrina.store.refs import Noun

if TYPE_CHECKING:
    from vitrina.store.records import Version

app = with_marks(with_verbs(Noun.MODEL, "Models and their versions: list, pull, ask, promote."), Noun.MODEL)

app.command()(feedback)

PREDICTED_WITHIN_S = 300.0
"""With the start of a service that slept."""

@app.command()
def predict(
    ref: VersionRef,
    input_: Annotated[
        Path, typer.Option("--input", metavar="FILE", help="Rows as CSV, JSON (a list) or Parquet.", dir_okay=False)
    ],
    via_hub: Annotated[
        bool, typer.Option("--via-hub", help="Ask its predict service on the hub that runs; nothing is loaded here.")
    ] = False,
    json: Json = False,
) -> None:
    """Ask a model: its prediction for each row of a file. The model is loaded here, unless a hub is asked."""
    with opened() as store:
        version, home = version_of(store, Noun.MODEL, ref), store.place.home
    asked = rows.read(input_, signature=version.signature)
    answers = _from_hub(version, home, asked) if via_hub else _from_here(version, asked)
    if json:
        printing.as_json(answers)
        return
    for answer in answers:
        print(answer)


@app.command()
def demo(ref: VersionRef, json: Json = False) -> None:
    """Make the apps that nobody has to write: a form to try a version in, and a service that predicts."""
    from vitrina.hub import demos

    with opened() as store:
        made = demos.make(store, version_of(store, Noun.MODEL, ref))
    if json:
        printing.as_json([data.app(one) for one in made])
        return
    for one in made:
        print(f"{one.ref}: revision {one.revision} ({one.framework}).")




def _from_here(version: Version, asked: Any) -> list[Any]:
    from vitrina import tracking

    return rows.listed(tracking.get_version(version.ref).predict(asked))


def _from_hub(version: Version, home: Path, asked: Any) -> list[Any]:
    """What the version's predict service answers. Raises NoHubError, HubRefusedError."""
    from vitrina.hub.cli.asking import ask_hub

    collection = version.collection
    address = f"/api/v1/projects/{collection.project.ref}/models/{collection.name}/versions/{version.number}/predict"
    return ask_hub(home, address, sent={"instances": plain(asked)}, timeout_s=PREDICTED_WITHIN_S)["predictions"]
