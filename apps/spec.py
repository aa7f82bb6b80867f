"""What has to be known of one logged app revision in order to run it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vitrina.apps.errors import AppError
from vitrina.apps.interpreter import OWN, Interpreter
from vitrina.apps.levels import Network

if TYPE_CHECKING:
    from pathlib import Path

KEY_PATTERN = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
"""A key is one DNS label, since it is the first part of the app's host name; it names files too."""


@dataclass(frozen=True)
class AppSpec:
    """One app revision, ready to be started by any launcher.

    `key` is the origin label, unique for each app revision. `bundle` is the archive on disk that `store.bundles.pack`
    made and `bundle_digest` its SHA-256 in hex, checked when it is unpacked. `entry` (a file) and `cwd` (a folder, "."
    for the root) are relative to the unpacked bundle. `served` is the folder that `write_served` made, only read from
    (None: the app belongs to no version), and `production` that of the version that is in production (None: there is
    none, or it is the app's own). `origin` is what a browser shows, such as `http://label.localhost:8401`.
    `prefix` is the path below which the app lies there, without a slash at the end; empty: the origin is its own.
    `network` is whom it may connect to, as far as the launcher's level of isolation holds that. `interpreter` is the
    Python that has what the app needs.
    """

    key: str
    ref: str
    framework: str
    entry: str
    cwd: str
    bundle: Path
    bundle_digest: str
    served: Path | None
    origin: str
    title: str = ""
    prefix: str = ""
    network: Network = Network.NONE
    interpreter: Interpreter = OWN
    production: Path | None = None

    def __post_init__(self) -> None:
        if KEY_PATTERN.fullmatch(self.key) is None:
            raise AppError(f"{self.key!r} cannot be an app's key: it must be one lower-case DNS label.")
