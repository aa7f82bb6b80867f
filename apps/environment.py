"""The environment variables of an app: what it may see of the hub's, and what it is given. Pure."""

from __future__ import annotations

import os
import site
from typing import TYPE_CHECKING

from vitrina.apps.interpreter import OWN, Interpreter

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PASSED_ON = frozenset(
    {
        *("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONUSERBASE", "VIRTUAL_ENV"),  # how programs are found
        *("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_TIME", "LC_NUMERIC", "TZ"),  # how text and time are shown
        *("SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES"),
    }
)
"""All that an app gets of the hub's environment: a list of what may pass, since anything else may hold a secret."""

OF_HUBS_PYTHON = frozenset({"LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONUSERBASE", "VIRTUAL_ENV"})
"""Those that lead to libraries of the hub: not for an app that has an environment of its own."""

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
"""Many apps share a machine; each library would otherwise take a thread per core."""


def app_environment(
    hub: Mapping[str, str],
    *,
    folder: Path,
    served: Path | None,
    production: Path | None = None,
    interpreter: Interpreter = OWN,
) -> dict[str, str]:
    """The environment in which an app's process begins; `folder` is its private one, `served` its version's files,
    `production` those of the version in production."""
    home, temporary = str(folder / "home"), str(folder / "tmp")
    given = {
        "HOME": home,
        "TMPDIR": temporary,
        "XDG_CACHE_HOME": f"{home}/.cache",
        "XDG_CONFIG_HOME": f"{home}/.config",
        "XDG_DATA_HOME": f"{home}/.local/share",
        "XDG_STATE_HOME": f"{home}/.local/state",
        "XDG_RUNTIME_DIR": temporary,
        "MPLBACKEND": "Agg",
        "PYTHONUNBUFFERED": "1",  # so that a log shows a line when it is printed
        **dict.fromkeys(ONE_THREAD, "1"),
    }
    passed = {name: value for name, value in hub.items() if name in PASSED_ON}
    if interpreter.environment is not None:
        passed = {name: value for name, value in passed.items() if name not in OF_HUBS_PYTHON}
        given["PATH"] = os.pathsep.join(filter(None, [str(interpreter.python.parent), passed.get("PATH")]))
        given["PYTHONPATH"] = os.pathsep.join(map(str, interpreter.path))
        given["PYTHONNOUSERSITE"] = "1"
    elif site.ENABLE_USER_SITE:  # a hub installed with `pip install --user` is found below the real home only
        given["PYTHONUSERBASE"] = site.getuserbase()
    if served:
        given["VITRINA_SERVED"] = str(served)
    if production:
        given["VITRINA_PRODUCTION"] = str(production)
    return passed | given
