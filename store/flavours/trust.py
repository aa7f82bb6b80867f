"""Which types of scikit-learn, SciPy and NumPy a saved model may hold, beyond those that skops trusts by itself.

Loading calls a type's constructor with what the file says, so that "a class of NumPy" is not enough: some write files
or run text as a program. Allowed are classes that hold what was learned, and functions from arrays to arrays.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

CLASSES = (
    "sklearn",
    "scipy.interpolate",
    "scipy.sparse",
    "scipy.spatial",
    "scipy.stats",
    "numpy.dtypes",
    "numpy.ma",
    "numpy.random",
)
"""Modules whose classes may be constructed."""

FUNCTIONS = (
    "sklearn.decomposition",
    "sklearn.feature_selection",
    "sklearn.metrics",
    "sklearn.preprocessing",
    "scipy.special",
)
"""Modules whose functions may be named in a model, as the score of a selection is."""

EXACTLY = ("scipy._lib.array_api_compat.numpy._aliases.asarray",)
"""What a spline of SciPy names; the module around it holds NumPy's reading and writing of files too."""

NEVER = ("sklearn.datasets", "sklearn.externals", "sklearn.utils._testing", "sklearn.conftest", "sklearn.tests")


def refused(names: Iterable[str]) -> list[str]:
    """Those of the full names (module and name) that a model may not hold."""
    return [name for name in names if not _allowed(name)]


def _allowed(name: str) -> bool:
    if name in EXACTLY:
        return True
    module, _, attribute = name.rpartition(".")
    if _within(module, NEVER) or not (_within(module, CLASSES) or _within(module, FUNCTIONS)):
        return False
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError):
        return False
    if isinstance(found, type):
        return _within(module, CLASSES)
    return _within(module, FUNCTIONS) and callable(found)


def _within(module: str, roots: Iterable[str]) -> bool:
    return any(module == root or module.startswith(f"{root}.") for root in roots)
