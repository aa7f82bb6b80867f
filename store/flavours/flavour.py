"""What a flavour is: how models of one library are saved, loaded and asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Protocol

from vitrina.store.errors import InvalidError


class FlavourError(InvalidError):
    """A model cannot be saved, loaded or asked."""


class MissingLibraryError(FlavourError):
    """A model's own library is not installed. `distribution` is what pip calls it."""

    def __init__(self, distribution: str, *, purpose: str) -> None:
        self.distribution = distribution
        message = f"{purpose} needs {distribution}, which is not installed."
        super().__init__(message, hint=f"Install it: pip install {distribution}")


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
    others announce theirs by an entry point of the group `vitrina.flavours`. Three more names are known where a flavour
    has them: `chances(model, x)` of one that knows of classifiers (see `registry.chances`); `prepared(obj, example)` of
    one that can save a model only with an example of what it takes, called before `save` for what it then saves and
    asks; `RUNS_CODE = True` of one whose files are code, so that loading runs what whoever logged the model wrote.

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
        """The model from such a folder, which is only read, and may be gone afterwards. Runs no code that the folder
        brings along, unless the flavour says RUNS_CODE. Raises FlavourError for files that are damaged or not of this
        flavour."""
        ...

    def predict(self, model: Any, x: Any) -> Any:
        """What a loaded model answers. `x` may be what the library takes, and one row as a dict or rows as a list of
        dicts. Raises FlavourError where there is nothing to ask."""
        ...


def library(module: str, *, purpose: str, distribution: str | None = None) -> Any:
    """A module of a model's own library, which no extra of Vitrina brings; `distribution` if pip calls it otherwise.

    Raises MissingLibraryError.
    """
    top = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != top:
            raise
        raise MissingLibraryError(distribution or top, purpose=purpose) from error


def class_name(obj: object) -> str:
    """The class of a model with its module, as `FlavourMeta` keeps it."""
    cls = type(obj)
    return f"{cls.__module__}.{cls.__qualname__}"


def releases(distributions: Iterable[str]) -> dict[str, str]:
    """The releases of those distributions that are installed, in their order."""
    found: dict[str, str] = {}
    for name in distributions:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
