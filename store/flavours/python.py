"""A function, or an object with `predict`, kept as the source of its module and of those beside it that it imports.

    code/scoring.py, code/tables/…      as they lay beside each other
    model.json                          {"module": "scoring", "name": "score"}
    state.pkl                           of an object: what it holds, pickled

It is code: loading runs it, so whoever loads it trusts whoever logged it. Its modules are loaded apart from those of
the program that loads it, under their own names and for this model only, so two versions of one model can be asked side
by side. What a function imports while it runs is looked for in the program: import at the top of modules.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pickle
import shutil
import sys
import sysconfig
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import FunctionType
from typing import Any, cast

from vitrina.store import sources
from vitrina.store.flavours.flavour import FlavourError, FlavourMeta, class_name
from vitrina.store.flavours.pickled import libraries_of, pickled

NAME = "python"
RUNS_CODE = True

CODE = "code"
NAMED = "model.json"
STATE = "state.pkl"
IN_A_MODULE = "Move it to a module of its own beside the script, and import it from there."


def claims(obj: object) -> bool:
    """Functions, and objects of a class with `predict` whose source lies at hand and is of no installed library."""
    if isinstance(obj, FunctionType):
        return True
    return hasattr(type(obj), "predict") and _is_own(type(obj).__module__)


def save(obj: Any, folder: Path) -> FlavourMeta:
    source = cast("Any", obj if isinstance(obj, FunctionType) else type(obj))
    module, name = str(source.__module__), str(source.__qualname__)
    if "<" in name:
        raise FlavourError(f"{name} is made while another function runs, and has no source of its own.")
    if module == "__main__":
        raise FlavourError(f"{name} lies in the script itself, and loading it would run that.", hint=IN_A_MODULE)
    if not _is_own(module):
        raise FlavourError(
            f"{module}.{name} is of an installed library.", hint="Write a function around it, and log that."
        )
    root, files = _sources(module)
    named = {"module": module, "name": name}
    modules: set[str] = set()
    if not isinstance(obj, FunctionType):
        state, modules = pickled(obj)
        (folder / STATE).write_bytes(state)
    for file in files:
        target = folder / CODE / file.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    (folder / NAMED).write_text(json.dumps(named) + "\n")
    imported = {name for file in files for name in sources.imported(file.read_bytes())}
    cls = None if isinstance(obj, FunctionType) else class_name(obj)
    return FlavourMeta(NAME, libraries_of(modules | imported), cls)


def load(folder: Path) -> Any:
    try:
        named = cast("dict[str, str]", json.loads((folder / NAMED).read_bytes()))
        module, name = named["module"], named["name"]
    except FileNotFoundError as error:
        raise FlavourError(f"There is no {NAMED} in {folder}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise FlavourError(f"{folder / NAMED} cannot be read: {error}.") from error
    with _apart(folder / CODE):
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        state = folder / STATE
        return pickle.loads(state.read_bytes()) if state.exists() else found  # noqa: S301 - RUNS_CODE: callers warn


def predict(model: Any, x: Any) -> Any:
    """What the function gives, or the object's `predict`, for `x` just as it came."""
    return model(x) if isinstance(model, FunctionType) else model.predict(x)


def _sources(module: str) -> tuple[Path, list[Path]]:
    """The folder that the module's name is looked for in, and the files there that it needs: of packages the Python
    files all. Raises FlavourError where there is no source."""
    loaded = sys.modules.get(module)
    try:
        own = Path(inspect.getsourcefile(cast("Any", loaded)) or "").absolute()
    except TypeError:
        own = Path()
    if not own.is_file():
        raise FlavourError(f"There is no source of the module {module}.", hint=IN_A_MODULE)
    parts = module.split(".")
    root = own.parents[len(parts) if own.name == "__init__.py" else len(parts) - 1]
    beside = sorted((root / parts[0]).rglob("*.py")) if (root / parts[0]).is_dir() else []
    return root, list(sources.local(own, *beside, folders=[root]))


def _is_own(module: str) -> bool:
    """Whether a module is somebody's own file: neither built in, nor of Python, nor installed."""
    if module.partition(".")[0] in sys.stdlib_module_names:
        return False
    file = getattr(sys.modules.get(module), "__file__", None)
    installed = (Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib"))
    return module == "__main__" or (file is not None and not any(Path(file).is_relative_to(one) for one in installed))


@contextmanager
def _apart(code: Path) -> Generator[None]:
    """While this lasts the names of what lies in a folder mean that, and afterwards what they meant before."""
    names = {path.stem if path.is_file() else path.name for path in code.iterdir()} if code.is_dir() else set[str]()
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in names}
    written, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(code))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(code))
        sys.dont_write_bytecode = written
        for name in [name for name in sys.modules if name.partition(".")[0] in names]:
            del sys.modules[name]
        sys.modules.update(before)
