"""`vitrina demo`"""

from __future__ import annotations

import os
from typing import Annotated

import typer

from vitrina.hub import examples, serving
from vitrina.hub.cli.hub import Home, Open, Port, browser_of
from vitrina.hub.cli.opened import refuse_hub
from vitrina.hub.serving import Wanted, print_at_once
from vitrina.hub.settings import PORT
from vitrina.store.home import place

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def demo(
    home: Home = None,
    port: Port = PORT,
    open_: Open = None,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Start the hub on it, or not.")] = True,
) -> None:
    """Fill a store with the examples and start the hub on it. The second time nothing is added."""
    if home is None:
        refuse_hub(os.environ.get("VITRINA_URL"))
    found = examples.find()
    if serve:
        wanted = Wanted(port=port, home=home, browser=browser_of(open_))
        raise typer.Exit(serving.serve(wanted, prepare=lambda where: examples.fill(where, found, say=print_at_once)))
    where = place(home=home)
    examples.fill(where, found, say=print_at_once)
    print(f"The examples are in {where.home}; see them: vitrina hub --home {where.home}")
