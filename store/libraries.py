"""Heavy libraries: loaded at first use only, and recognised in a value without being loaded."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from vitrina.store.errors import MissingExtraError


def load(module: str, *, extra: str, purpose: str) -> Any:
    """The module. Raises MissingExtraError, which names the extra to install, when its library is not there.

    The answer is untyped on purpose: the types of these libraries are partial, or known only where one is installed.
    """
    library = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] != library:
            raise
        raise MissingExtraError(library, extra=extra, purpose=purpose) from error


def comes_from(value: object, library: str, *, named: str | None = None) -> bool:
    """Whether a class of the value (its own or one it inherits from) is of the library, and is called `named` if given.

    A value of a library means that the library is loaded, so nothing has to be.
    """
    for cls in type(value).__mro__:
        if cls.__module__.partition(".")[0] == library and (named is None or cls.__name__ == named):
            return True
    return False
