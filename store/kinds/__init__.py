"""Kinds of logged objects: `take` turns a value into what the store keeps, `view` that into something to show."""

from __future__ import annotations

from vitrina.store.kinds.kind import Kind, KindError, Section, Taken
from vitrina.store.kinds.registry import KINDS, kind_of, section, take, view

__all__ = ["KINDS", "Kind", "KindError", "Section", "Taken", "kind_of", "section", "take", "view"]
