"""Models of Keras 3 as `.keras`: layers, weights and how it was compiled, whatever the backend.

A layer of one's own, and a `Lambda`, are code; the file would only name them, so such a model is refused when it is
saved, and a file that names any class outside of Keras is refused when it is loaded. The time of saving is taken out.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from vitrina.store.flavours.flavour import FlavourError, FlavourMeta, class_name, library, releases
from vitrina.store.flavours.rows import array_of
from vitrina.store.libraries import comes_from

NAME = "keras"
FILE, CONFIG, METADATA = "model.keras", "config.json", "metadata.json"
BACKENDS = ("tensorflow", "jax", "torch")
BACKEND_VARIABLE = "KERAS_BACKEND"
START = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip entry can have."""

BARRED = ("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer")
"""Layers of Keras that run what a file says."""


def claims(obj: object) -> bool:
    return comes_from(obj, "keras", named="Model")


def save(obj: Any, folder: Path) -> FlavourMeta:
    keras = _keras("Saving a Keras model")
    with TemporaryDirectory(prefix="vitrina-") as made:
        path = Path(made, FILE)
        obj.save(path)
        saved = _normalised(path.read_bytes())
    _refuse_code(saved)
    (folder / FILE).write_bytes(saved)
    return FlavourMeta(NAME, releases(("keras", keras.backend.backend(), "numpy", "h5py")), class_name(obj))


def load(folder: Path) -> Any:
    keras = _keras("Loading a Keras model")
    if not (folder / FILE).is_file():
        raise FlavourError(f"There is no {FILE} in {folder}.")
    try:
        _refuse_code((folder / FILE).read_bytes())
        return keras.saving.load_model(folder / FILE, compile=False, safe_mode=True)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError) as error:
        said = str(error).strip().partition("\n")[0]
        raise FlavourError(f"{folder / FILE} cannot be loaded: {said}.") from error


def predict(model: Any, x: Any) -> Any:
    """What the outputs are for rows: an array, or a dict of them by name."""
    given = {name: array_of(one) for name, one in x.items()} if _is_named(model, x) else array_of(x)
    return model.predict(given, verbose=0)


def _is_named(model: Any, x: Any) -> bool:
    """Whether arrays are given by the names of a model's several inputs."""
    names = {one.name for one in getattr(model, "inputs", None) or ()}
    return isinstance(x, dict) and len(names) > 1 and set(cast("dict[str, Any]", x)) == names


def _normalised(saved: bytes) -> bytes:
    """The same file, without the time at which it was saved, its entries in the order of their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved)) as opened, zipfile.ZipFile(buffer, "w") as written:
        for name in sorted(opened.namelist()):
            entry = opened.read(name)
            if name == METADATA:
                told = {key: value for key, value in json.loads(entry).items() if key != "date_saved"}
                entry = json.dumps(told, sort_keys=True).encode()
            written.writestr(zipfile.ZipInfo(name, START), entry)
    return buffer.getvalue()


def _refuse_code(saved: bytes) -> None:
    """Raises FlavourError for a file that names something else than what Keras brings and can build from numbers."""
    with zipfile.ZipFile(io.BytesIO(saved)) as opened:
        config: object = json.loads(opened.read(CONFIG))
    for node in _nodes(config):
        module, name = node.get("module"), node.get("class_name")
        registered = node.get("registered_name")
        own = isinstance(registered, str) and ">" in registered
        if name in BARRED or own or not (module is None or module == "builtins" or _is_of_keras(module)):
            raise FlavourError(
                f"The model holds {registered or name}, which only code of its own could load.",
                hint="Build it of Keras' own layers, or log an object of a module of your own that makes and asks it.",
            )


def _is_of_keras(module: object) -> bool:
    return isinstance(module, str) and module.partition(".")[0] == "keras"


def _nodes(value: object) -> Iterator[dict[str, Any]]:
    """Every JSON object of a tree that names a class."""
    waiting: list[object] = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            node = cast("dict[str, Any]", found)
            if "class_name" in node:
                yield node
            waiting.extend(node.values())
        elif isinstance(found, list):
            waiting.extend(cast("list[object]", found))


def _keras(purpose: str) -> Any:
    """Keras, with a backend that is there: unless told, it takes TensorFlow, and fails without."""
    there = [name for name in BACKENDS if find_spec(name) is not None]
    if BACKEND_VARIABLE not in os.environ and there and _configured() not in there:
        os.environ[BACKEND_VARIABLE] = there[0]
    return library("keras", purpose=purpose)


def _configured() -> str | None:
    """The backend of Keras' own file, which it writes by itself, too."""
    folder = Path(os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser())
    try:
        return str(json.loads((folder / "keras.json").read_bytes()).get("backend"))
    except (OSError, ValueError, AttributeError):
        return None
