"""Anything that Python can pickle: kept so on request only, since whoever can write such a file can run what they like
where it is loaded.

    log_model("classifier", model, flavour="pickle")

It is there for models that no other flavour takes: pipelines with steps of their own, libraries that have no format.
What the pickle names is imported from the program that loads it: nothing of one's own code is kept along (flavour
`python` does that). The bytes are the same for the same object of one process; another one may count them differently.
"""

from __future__ import annotations

import io
import pickle
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from vitrina.store.flavours.flavour import FlavourError, FlavourMeta, class_name, releases
from vitrina.store.flavours.rows import frame_of

NAME = "pickle"
FILE = "model.pkl"
RUNS_CODE = True

PROTOCOL = 5
"""Fixed: the highest of the next Python would give other bytes."""


def claims(obj: object) -> bool:
    """Never: it has to be asked for."""
    return False


def save(obj: Any, folder: Path) -> FlavourMeta:
    saved, modules = pickled(obj)
    if "__main__" in modules:
        raise FlavourError(
            "The model holds a class or function of the script itself, which no other program could load.",
            hint="Move it to a module, and import it. A function, or an object with predict, is kept with its module.",
        )
    (folder / FILE).write_bytes(saved)
    return FlavourMeta(NAME, libraries_of(modules), class_name(obj))


def load(folder: Path) -> Any:
    try:
        return pickle.loads((folder / FILE).read_bytes())  # noqa: S301 - RUNS_CODE: callers were told, and warn
    except FileNotFoundError as error:
        raise FlavourError(f"There is no {FILE} in {folder}.") from error
    except (pickle.UnpicklingError, EOFError, ValueError) as error:
        raise FlavourError(f"{folder / FILE} cannot be loaded: {error}.") from error


def predict(model: Any, x: Any) -> Any:
    """The answer of the model's `predict`, of its `transform`, or of itself where it can be called."""
    ask = getattr(model, "predict", None) or getattr(model, "transform", None) or (model if callable(model) else None)
    if ask is None:
        raise FlavourError(f"A {type(model).__name__} neither predicts nor transforms.")
    return ask(frame_of(x, getattr(model, "feature_names_in_", None)))


class _Noting(pickle.Pickler):
    """Notes the modules that what it writes will be looked for in."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=PROTOCOL)
        self.modules: set[str] = set()

    def reducer_override(self, obj: Any) -> Any:
        named = obj if isinstance(obj, type) or hasattr(obj, "__qualname__") else type(obj)
        self.modules.add(str(getattr(named, "__module__", None)))
        return NotImplemented


def pickled(obj: Any) -> tuple[bytes, set[str]]:
    """An object as bytes, and the modules that they name. Raises FlavourError."""
    buffer = io.BytesIO()
    pickler = _Noting(buffer)
    try:
        pickler.dump(obj)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise FlavourError(f"The model cannot be pickled: {error}.", hint="Keep that part out of it.") from error
    return buffer.getvalue(), pickler.modules


def libraries_of(modules: set[str]) -> dict[str, str]:
    """The installed distributions that bring these modules, with their releases."""
    tops = {module.partition(".")[0] for module in modules}
    brought = packages_distributions()
    return releases(sorted({name for top in tops for name in brought.get(top, ())}))
