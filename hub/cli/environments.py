"""`vitrina app environments …`"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.nouns import noun
from vitrina.hub.cli.printing import Json
from vitrina.store.home import place

if TYPE_CHECKING:
    from vitrina.apps.environments.environments import Environments
    from vitrina.apps.environments.shelf import Kept

app = noun("Environments that were built for apps on this machine.")

DAY_S = 24 * 3600


@app.command("list")
def list_(json: Json = False) -> None:
    """The environments, those used last first."""
    found = _environments().list()
    if json:
        printing.as_json([_data(kept) for kept in found])
        return
    rows = [(kept.key, _mb(kept), _day(kept.used_at), ", ".join(kept.libraries)) for kept in found]
    printing.table(
        ("ENVIRONMENT", "SIZE", "USED", "LIBRARIES"), rows, empty="No app has an environment of its own here."
    )


@app.command()
def collect(
    unused_days: Annotated[
        float, typer.Option(min=0, help="Remove those in which nobody started an app for so many days.")
    ] = 30,
    json: Json = False,
) -> None:
    """Remove environments that nobody uses any more; those of a hub that runs stay."""
    removed = asyncio.run(_environments().collect(unused_for_s=unused_days * DAY_S))
    if json:
        printing.as_json([_data(kept) for kept in removed])
        return
    for kept in removed:
        print(f"Removed {kept.key} ({_mb(kept)}, last used {_day(kept.used_at)}).")
    if not removed:
        print("There is nothing to remove.")


def _environments() -> Environments:
    from vitrina.apps.levels import Level
    from vitrina.hub.cli.app_named import APPS_FOLDER
    from vitrina.hub.proxy.libraries import environments_of

    return environments_of(place().home / APPS_FOLDER, level=Level.PROCESS, variables=os.environ)


def _data(kept: Kept) -> dict[str, Any]:
    return {
        "kind": "environment",
        "key": kept.key,
        "libraries": kept.libraries,
        "size_bytes": kept.size_bytes,
        "made_at": datetime.fromtimestamp(kept.made_at, UTC).isoformat(),
        "used_at": datetime.fromtimestamp(kept.used_at, UTC).isoformat(),
    }


def _mb(kept: Kept) -> str:
    return f"{kept.size_bytes / 2**20:,.1f} MB"


def _day(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d}"
