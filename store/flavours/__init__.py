"""Flavours: how a model is saved into a folder, loaded from it, and asked.

meta = save(model, folder)
model = load(meta["flavour"], folder)
predict(meta["flavour"], model, rows)
"""

from __future__ import annotations

from vitrina.store.flavours.flavour import Flavour, FlavourError, FlavourMeta
from vitrina.store.flavours.registry import FLAVOURS, chances, detect, load, predict, prepared, runs_code, save

__all__ = [
    "FLAVOURS",
    "Flavour",
    "FlavourError",
    "FlavourMeta",
    "chances",
    "detect",
    "load",
    "predict",
    "prepared",
    "runs_code",
    "save",
]
