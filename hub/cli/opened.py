"""The store that a command reads and writes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from vitrina.store.errors import InvalidError

if TYPE_CHECKING:
    from vitrina.store.opening import Store


class HubAddressError(InvalidError):
    """VITRINA_URL names a hub."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"VITRINA_URL is the hub {url}; this command works on a store only.",
            hint="Set it to sqlite:///… or postgresql+psycopg://…, or unset it to use the store in VITRINA_HOME.",
        )


def refuse_hub(url: str | None) -> None:
    """Raises HubAddressError for the address of a hub."""
    if url is not None and url.startswith(("http://", "https://")):
        raise HubAddressError(url)


def opened(home: Path | None = None) -> Store:
    """The store of VITRINA_URL, else that in the home; to be used in a `with` block. SQLAlchemy is imported here."""
    refuse_hub(os.environ.get("VITRINA_URL"))
    from vitrina.store.opening import open_store

    return open_store(home=home)
