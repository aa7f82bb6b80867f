"""An app's files from the store to this machine's disk, where a launcher finds them.

    bundles/<digest>        the archive of an app's source, once for all apps that have the same
    served/<digest>         what an app knows of a version, its own or that in production, once for all apps

Both are named by what they hold and appear whole or not at all, so that two may make them at once. A bundle is compared
with its name before it is given away the first time and whenever it was touched since; both are when they are doubted,
since an app did not start with them. What is damaged is fetched again. What nobody uses any more goes (`clearing`).
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import tempfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vitrina.apps.policy import SupervisorSettings
from vitrina.apps.served import FILES, META, remove_served, write_served
from vitrina.apps.spec import AppSpec
from vitrina.hub.proxy.clearing import MOST_BYTES, Clearing, unused_after_s
from vitrina.hub.sites import Site
from vitrina.store.errors import VitrinaError
from vitrina.store.opening import Store
from vitrina.store.records import App, Blob, Version
from vitrina.store.versions import Stage

log = logging.getLogger(__name__)

DIGEST_DIGITS = 32

LARGEST_COMPARED_BYTES = 256 * 2**20

BUNDLES, SERVED = "bundles", "served"
"""The only folders of the shelf whose content apps read."""


@dataclass(frozen=True, slots=True)
class _Print:
    """By what it is seen that a file was touched, without reading it."""

    inode: int
    size_bytes: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """Places files below `folder`. Synchronous; may be used by several threads at once."""

    store: Store
    folder: Path
    most_bytes: int = MOST_BYTES
    """So much may lie there; see `clearing`."""

    _seen: dict[Path, _Print] = field(default_factory=dict["Path", "_Print"])
    """Bundles that were compared with their names, as they were then."""

    @property
    def clearing(self) -> Clearing:
        """What removes what no app uses any more."""
        unused_s = unused_after_s(SupervisorSettings())
        return Clearing(self.folder, (BUNDLES, SERVED), unused_s=unused_s, most_bytes=self.most_bytes)

    def spec(self, app: App, *, site: Site, is_doubted: bool = False) -> AppSpec:
        """All that starting this app takes; `is_doubted`: it did not start with what is there.

        Raises what reading damaged or missing blobs raises.
        """
        return AppSpec(
            key=app.label,
            ref=f"{app.ref}@{app.revision}",
            framework=app.framework,
            entry=app.entry,
            cwd=app.cwd,
            bundle=self.bundle(app.blob, is_doubted=is_doubted),
            bundle_digest=app.blob.digest,
            served=self.served(app.version, is_doubted=is_doubted),
            production=self.production(app.version),
            origin=site.origin,
            prefix=site.prefix,
            title=app.title or app.name,
            network=app.serving.network,
        )

    def bundle(self, blob: Blob, *, is_doubted: bool = False) -> Path:
        """The archive of an app's source."""
        place = self.folder / BUNDLES / blob.digest
        if place.exists() and not self._is_whole(place, blob, is_doubted=is_doubted):
            log.warning("Bundle %s is damaged on disk, and fetched again.", place, extra={"action": "bundle_damaged"})
            place.unlink(missing_ok=True)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            draft = place.with_name(f".{blob.digest[:16]}.{secrets.token_hex(4)}")
            self.store.blobs.copy(blob, draft)
            draft.replace(place)
            self._seen[place] = _print(place)
        return self.clearing.take(place)

    def _is_whole(self, place: Path, blob: Blob, *, is_doubted: bool) -> bool:
        now = _print(place)
        if self._seen.get(place) == now and not is_doubted:
            return True
        is_whole = _digest(place) == blob.digest
        if is_whole:
            self._seen[place] = now
        return is_whole

    def served(self, version: Version, *, is_doubted: bool = False) -> Path:
        """The folder that VITRINA_SERVED names for the apps of this version."""
        meta = self._meta(version)
        known = json.dumps([meta, version.content], sort_keys=True)
        place = self.folder / SERVED / hashlib.sha256(known.encode()).hexdigest()[:DIGEST_DIGITS]
        if is_doubted and place.exists() and not self._is_as_logged(place, version, meta):
            log.warning("%s is damaged on disk, and fetched again.", place, extra={"action": "served_damaged"})
            leaving = place.rename(place.with_name(f".{place.name}.{secrets.token_hex(4)}"))
            remove_served(leaving)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            with self._files(version) as files:
                write_served(place, meta=meta, files=files)
        return self.clearing.take(place)

    def _is_as_logged(self, place: Path, version: Version, meta: Mapping[str, Any]) -> bool:
        """Whether all is there that a version's folder has."""
        try:
            told = json.loads((place / META).read_bytes())
            logged = self.store.registry.files(version)
            return told == meta and all(_is_copy(place / FILES / file.path, file.blob) for file in logged)
        except (OSError, ValueError):
            return False

    def production(self, version: Version) -> Path | None:
        """The folder that VITRINA_PRODUCTION names for them; None: no other version of the model is in production.

        That its files cannot be had stops no app but its own.
        """
        versions = self.store.registry.versions([version.collection.id])[version.collection.id]
        found = next((one for one in versions if one.stage is Stage.PRODUCTION), None)
        if found is None or found.id == version.id:
            return None
        try:
            return self.served(found)
        except VitrinaError as error:
            log.warning("%s is not placed beside another: %s", found.ref, error, extra={"action": "not_beside"})
            return None

    def _meta(self, version: Version) -> dict[str, Any]:
        """What `vitrina.apps.served.Served` tells an app."""
        return {
            "ref": version.ref,
            "name": version.collection.name,
            "version": version.number,
            "kind": version.collection.noun.singular,
            "owner": version.collection.project.owner,
            "project": version.collection.project.name,
            "params": self._params(version.run_id),
            "metrics": self._metrics(version.run_id),
            "signature": dict(version.signature) if version.signature is not None else None,
            "flavour": version.flavour,
        }

    def _params(self, run_id: int | None) -> dict[str, Any]:
        if run_id is None:
            return {}
        return {param.name: param.value for param in self.store.runs.params([run_id])[run_id]}

    def _metrics(self, run_id: int | None) -> dict[str, float]:
        """The last value of each metric of the run."""
        if run_id is None:
            return {}
        series = self.store.metrics.series([run_id])[run_id]
        return {one.name: one.last for one in series if one.last is not None}

    @contextmanager
    def _files(self, version: Version) -> Generator[Iterator[tuple[str, Path]]]:
        """The version's files, each verified, and on disk only until the next one is asked for."""
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=".incoming-") as incoming:
            yield self._copies(version, Path(incoming) / "file")

    def _copies(self, version: Version, place: Path) -> Iterator[tuple[str, Path]]:
        for file in self.store.registry.files(version):
            self.store.blobs.copy(file.blob, place)
            yield file.path, place
            place.unlink()


def _print(path: Path) -> _Print:
    now = path.stat()
    return _Print(now.st_ino, now.st_size, now.st_mtime_ns)


def _is_copy(path: Path, blob: Blob) -> bool:
    """Byte for byte; of a very large file it is the length: an app that crashed for its own reasons waits for this."""
    if path.stat().st_size != blob.size:
        return False
    return blob.size > LARGEST_COMPARED_BYTES or _digest(path) == blob.digest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
