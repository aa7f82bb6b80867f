"""What an app will import, learned from its bundle without running it: a nursery then imports it beforehand.

Only names are learned, and only of what is installed: a module that lies in the bundle is the app's own, and stays out.
A nursery that imported something in vain is no harm, so what is too large to be looked at quickly is left out.
"""

from __future__ import annotations

import json
import sys
import tarfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from vitrina.apps.served import META
from vitrina.store import sources

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE_BYTES = 128 * 1024
MAX_BYTES = 512 * 1024
"""Of all the Python files of a bundle that are read."""

OUR_OWN = "vitrina"

OF_FLAVOURS = {
    "sklearn": (
        *("skops.io", "pandas", "sklearn.pipeline", "sklearn.compose", "sklearn.preprocessing", "sklearn.ensemble"),
        *("sklearn.linear_model", "sklearn.tree", "sklearn.svm", "sklearn.neighbors", "sklearn.neural_network"),
    ),
}
"""What loading a model of a flavour imports, which no source says: `served().model()` is all that an app calls."""


def of_app(bundle: Path, *, served: Path | None) -> frozenset[str]:
    """The modules that an app may import: of its source, and of the model that it is served with.

    Empty when they cannot be told: a bundle that is damaged is the start's business.
    """
    try:
        return of_bundle(bundle) | of_flavour(_flavour(served))
    except (OSError, tarfile.TarError, ValueError):
        return frozenset()


def of_bundle(bundle: Path) -> frozenset[str]:
    """The installed modules that the files of a bundle import. Raises OSError and TarError."""
    own, named, left = set[str](), set[str](), MAX_BYTES
    with tarfile.open(bundle, mode="r:") as tar:
        for info in tar:
            path = PurePosixPath(info.name)
            own.update(part.removesuffix(".py") for part in path.parts)
            if path.suffix != ".py" or not info.isreg() or info.size > min(MAX_FILE_BYTES, left):
                continue
            left -= info.size
            file = tar.extractfile(info)
            assert file is not None, "a plain file has content"
            named |= sources.imported(file.read())
    return frozenset(name for name in named if _is_of_interest(name.partition(".")[0], own))


def _is_of_interest(package: str, own: set[str]) -> bool:
    return package not in own and package != OUR_OWN and package not in sys.stdlib_module_names


def of_flavour(flavour: str | None) -> frozenset[str]:
    """What loading a model of this flavour imports (None: there is no model)."""
    return frozenset(OF_FLAVOURS.get(flavour or "", ()))


def _flavour(served: Path | None) -> str | None:
    return json.loads((served / META).read_bytes()).get("flavour") if served else None
