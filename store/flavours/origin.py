"""Where a model comes from: the releases that saved it, held against those that are here.

A model mostly loads with newer releases of its library than saved it. Where it does not, the one useful thing to say is
which releases to install.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vitrina.store.errors import NotFoundError
from vitrina.store.flavours import registry
from vitrina.store.flavours.flavour import FlavourError, releases

LENIENT = frozenset({"numpy", "scipy", "pandas", "pyarrow"})
"""Libraries whose other releases are seldom the reason; they are named where nothing else differs."""


SYMPTOMS = (AttributeError, ImportError, NameError)
"""What a loaded model raises where its library has changed, and not where a row is wrong."""


class ReleaseError(FlavourError):
    """A model cannot be loaded or asked with the releases that are here. `install` is what pip should be given."""

    def __init__(self, what: str, *, saved_with: Mapping[str, str], said: str, python: str | None = None) -> None:
        here = releases(saved_with)
        self.install = requirements(saved_with)
        wanted = _listed(saved_with)
        there = ", ".join(f"{name} {_public(here[name])}" if name in here else f"no {name}" for name in saved_with)
        message = f"{what} was saved with {wanted}; here is {there}, and it cannot be used: {said}"
        own = f" (it was Python {python}, here is {platform.python_version()})" if _is_other(python) else ""
        super().__init__(message, hint=f"Install what it was saved with: pip install {' '.join(self.install)}{own}")


def differing(libraries: Mapping[str, str]) -> dict[str, str]:
    """Those of the libraries, by their distributions, of which another release is here, or none."""
    here = releases(libraries)
    odd = {name: release for name, release in libraries.items() if _public(here.get(name, "")) != _public(release)}
    return {name: release for name, release in odd.items() if name not in LENIENT or name not in here} or odd


def requirements(libraries: Mapping[str, str]) -> list[str]:
    """Lines of a requirements file."""
    return [f"{name}=={_public(release)}" for name, release in libraries.items()]


def load(flavour: str, folder: Path, *, what: str, libraries: Mapping[str, str], python: str | None = None) -> Any:
    """The model that was saved into a folder with these libraries, `what` being its name for people.

    Raises ReleaseError where it does not load and other releases are here, else FlavourError.
    """
    try:
        return registry.load(flavour, folder)
    except NotFoundError:
        raise
    except Exception as error:  # the boundary to libraries, which raise what they like for files of other releases
        raise explained(error, what=what, libraries=libraries, python=python) from error


def explained(error: Exception, *, what: str, libraries: Mapping[str, str], python: str | None = None) -> FlavourError:
    """What a model's failure says to whoever used it."""
    said = str(getattr(error, "message", None) or f"{type(error).__name__}: {_first_line(error)}")
    if odd := differing(libraries):
        return ReleaseError(what, saved_with=odd, said=said, python=python)
    if isinstance(error, FlavourError):
        return error
    return FlavourError(f"{what} cannot be loaded: {said}")


def environment(libraries: Mapping[str, str]) -> dict[str, str]:
    """What a model is trained in, to be kept with it: Python, the system, and the lines of a requirements file."""
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "requirements": "".join(f"{line}\n" for line in requirements(libraries)),
    }


def _listed(libraries: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {_public(release)}" for name, release in libraries.items())


def _public(release: str) -> str:
    """A release without what a builder added: 2.13.0+cpu is 2.13.0, and only that can be installed elsewhere."""
    return release.partition("+")[0]


def _is_other(python: str | None) -> bool:
    return python is not None and python.split(".")[:2] != platform.python_version().split(".")[:2]


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "it says nothing")
