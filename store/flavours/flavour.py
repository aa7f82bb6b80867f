"""What a flavour is: how models of one library are saved, loaded and asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from vitrina.store.errors import InvalidError


class FlavourError(InvalidError):
    """A model cannot be saved, loaded or asked."""


@dataclass(frozen=True)
class FlavourMeta:
    """What is known of a saved model besides its files.

    `libraries` are the versions that saved it and that loading asks for, by the names of their distributions;
    `model_class` is the model's class with its module, None where there is none.
    """

    flavour: str
    libraries: Mapping[str, str] = field(default_factory=dict[str, str])
    model_class: str | None = None


class Flavour(Protocol):
    """One way to keep models. A module or object with these names is a flavour; ours stand in `registry.FLAVOURS`,
    others announce theirs by an entry point of the group `vitrina.flavours`. One that knows of classifiers may have
    `chances(model, x)`, too: see `registry.chances`.

    Importing it loads the standard library and `vitrina.store` only. Loading runs in apps and in users' own programs:
    it needs the library of the flavour and nothing of the store's database.
    """

    @property
    def NAME(self) -> str:  # noqa: N802 - a constant of the module
        """The flavour's name as it is stored: never changed once released."""
        ...

    def claims(self, obj: object) -> bool:
        """Whether a model is of this flavour, from names of types alone: imports nothing."""
        ...

    def save(self, obj: Any, folder: Path) -> FlavourMeta:
        """Write the model into an empty folder. The same model gives the same bytes, whenever and wherever it is saved:
        no times, no ids of a process, nothing in the order of a hash. Raises FlavourError for what could not be loaded
        again."""
        ...

    def load(self, folder: Path) -> Any:
        """The model from such a folder, which is only read. Runs no code that the folder brings along. Raises
        FlavourError for files that are damaged or not of this flavour."""
        ...

    def predict(self, model: Any, x: Any) -> Any:
        """What a loaded model answers. `x` may be what the library takes, and one row as a dict or rows as a list of
        dicts. Raises FlavourError where there is nothing to ask."""
        ...
