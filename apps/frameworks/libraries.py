"""Importing what an adapter needs, with a clear error where it is not installed."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

from vitrina.store.errors import MissingExtraError


def load(*modules: str, purpose: str) -> None:
    """Import these modules. Raises MissingExtraError, which names the one that is missing and how to install it."""
    try:
        for module in modules:
            import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name or str(error), extra="apps", purpose=purpose) from error


def preload(*modules: str) -> None:
    """Import these modules where they are there: other releases of a library have others."""
    for module in modules:
        with suppress(ImportError):
            import_module(module)
