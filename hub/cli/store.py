"""`vitrina store …`"""

from __future__ import annotations

import os
from datetime import UTC, datetime

from vitrina.hub.cli import store_backup, store_care, store_moving
from vitrina.hub.cli.nouns import noun
from vitrina.hub.cli.opened import refuse_hub

app = noun("Look after the store.")


@app.callback()
def store() -> None:
    """Look after the store."""


@app.command()
def upgrade() -> None:
    """Bring a store of an older release to this one. Make a copy first."""
    refuse_hub(os.environ.get("VITRINA_URL"))
    from vitrina.store import home, migrations
    from vitrina.store.engine import open_database

    database = open_database(home.place().url, clock=lambda: datetime.now(UTC))
    try:
        before = migrations.upgrade(database)
    finally:
        database.close()
    if before == migrations.HEAD:
        print(f"The store at {database.where} is up to date (schema {migrations.HEAD}).")
    else:
        print(f"The store at {database.where} has schema {migrations.HEAD} now (before: {before or 'none'}).")


app.command()(store_care.check)
app.command()(store_care.gc)
app.command()(store_backup.backup)
app.command()(store_backup.restore)
app.command("export")(store_moving.export)
app.command("import")(store_moving.import_)
