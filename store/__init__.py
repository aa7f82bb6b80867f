"""The store: what was logged, and how to find it again.

    with open_store() as store:
        project = store.projects.ensure("acme", "churn")

Everything here loads at first use, so that `vitrina.store.refs` or `vitrina.store.errors` costs no SQLAlchemy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vitrina.store.errors import VitrinaError
    from vitrina.store.opening import Store, open_store
    from vitrina.store.refs import Ref, parse_ref

__all__ = ["Ref", "Store", "VitrinaError", "open_store", "parse_ref"]

_HOME = {
    "Ref": "refs",
    "Store": "opening",
    "VitrinaError": "errors",
    "open_store": "opening",
    "parse_ref": "refs",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
