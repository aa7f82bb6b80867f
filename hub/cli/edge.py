"""`vitrina edge …`"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from vitrina.hub import keyfile
from vitrina.hub.cli.hub import Home, Port, UploadMb
from vitrina.hub.cli.nouns import noun
from vitrina.hub.settings import DEFAULT_HOST, PORT, UPLOAD_MB, Settings
from vitrina.store.home import place

app = noun("Put a web server before the hub.")


@app.callback()
def edge() -> None:
    """Put a web server before the hub."""


@app.command()
def nginx(
    apps_url: Annotated[
        str, typer.Option(metavar="URL", help="As the hub has it, such as https://*.apps.example.org.")
    ],
    public_url: Annotated[
        str | None, typer.Option(metavar="URL", help="As the hub has it; nginx then serves the portal too.")
    ] = None,
    host: Annotated[str, typer.Option(help="Where the hub listens.")] = DEFAULT_HOST,
    port: Port = PORT,
    apps_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The hub's own for apps; default: the port after --port.")
    ] = None,
    upload_mb: UploadMb = UPLOAD_MB,
    home: Home = None,
    listen: Annotated[
        str | None, typer.Option(metavar="[ADDRESS:]PORT", help="Of nginx; default: the port of --apps-url.")
    ] = None,
    certificate: Annotated[Path | None, typer.Option(metavar="FILE", help="With the whole chain; for https.")] = None,
    key: Annotated[Path | None, typer.Option(metavar="FILE", help="Of the certificate.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write it there; default: print it.")
    ] = None,
) -> None:
    """Print an nginx configuration in which the hub decides and starts apps, and nginx moves the bytes."""
    from vitrina.hub.edge.nginx import FOLDER, Wanted, configuration

    where = place(home=home)
    settings = Settings(
        where,
        host,
        port,
        apps_port or port + 1,
        public_url=public_url,
        public_apps_url=apps_url,
        upload_mb=upload_mb,
        secret=keyfile.kept(where.home / keyfile.SECRET),
    )
    text = configuration(settings, Wanted(listen, certificate, key))
    (where.home / FOLDER).mkdir(mode=0o700, exist_ok=True)
    if out is None:
        print(text, end="")
        return
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)  # it holds a key
    print(f"Written to {out}. Run it: nginx -p {where.home / FOLDER} -c {out.absolute()}")
