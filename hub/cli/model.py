"""`vitrina model …`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vitrina.hub.cli import printing, rows
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.versioned import VersionRef, told, version_of, with_verbs
from vitrina.store.refs import Noun
from vitrina.store.versions import Stage

app = with_verbs(Noun.MODEL, "Models and their versions: list, pull, ask, promote.")

Reason = Annotated[str, typer.Option(help="Why; kept in the log of stages.")]


@app.command()
def predict(
    ref: VersionRef,
    input_: Annotated[
        Path, typer.Option("--input", metavar="FILE", help="Rows as CSV, JSON (a list) or Parquet.", dir_okay=False)
    ],
    json: Json = False,
) -> None:
    """Ask a model: its prediction for each row of a file. The model is loaded here, not by a hub."""
    from vitrina import tracking

    with opened() as store:
        version = tracking.get_version(version_of(store, Noun.MODEL, ref).ref)
    asked = rows.read(input_, signature=version.signature)
    answers = rows.listed(version.predict(asked))
    if json:
        printing.as_json(answers)
        return
    for answer in answers:
        print(answer)


@app.command()
def promote(
    ref: VersionRef,
    stage: Annotated[Stage, typer.Argument(metavar="staging|production|archived")],
    reason: Reason = "",
    json: Json = False,
) -> None:
    """Give a version a stage. One is in production: the one that was there is archived."""
    with opened() as store:
        promoted = store.promotions.promote(version_of(store, Noun.MODEL, ref), stage, reason=reason)
    told(promoted, json=json, line=f"{promoted.ref} is in {stage}.")


@app.command()
def alias(
    ref: VersionRef,
    name: Annotated[str, typer.Argument(metavar="NAME", help="a-z, 0-9 and -, such as champion")],
    reason: Reason = "",
    json: Json = False,
) -> None:
    """Let a name point to a version; it leaves the one that it pointed to."""
    with opened() as store:
        named = store.promotions.alias(version_of(store, Noun.MODEL, ref), name, reason=reason)
    told(named, json=json, line=f"@{name} is {named.ref}.")
