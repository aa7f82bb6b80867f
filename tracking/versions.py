"""Handles of versions: what `log_model`, `log_dataset`, `log_artifact` and `get` give."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from vitrina.store import flavours
from vitrina.store.errors import InvalidError
from vitrina.store.records import Version
from vitrina.store.refs import Noun
from vitrina.store.versions import Stage
from vitrina.tracking.connections import Connection
from vitrina.tracking.current import CURRENT
from vitrina.tracking.layouts import FILES, REFERENCE, TABLE, read_table
from vitrina.tracking.records import Aliased, Mark, Staged

PREFIX = "vitrina-"
"""Of the names of folders for a while."""


@dataclass(frozen=True)
class VersionHandle:
    """A version of a model, dataset or artifact. It never changes; what is read of it is verified.

    What `load` gives is fetched once. Where it is a folder, that one is there until the process ends.
    """

    record: Version
    connection: Connection
    is_new: bool = False
    """Whether logging it made it; False: it was there already, with this content."""

    @property
    def ref(self) -> str:
        """`owner/project/models/NAME@NUMBER`."""
        return self.record.ref

    @property
    def name(self) -> str:
        """Of the model, dataset or artifact."""
        return self.record.collection.name

    @property
    def noun(self) -> str:
        """model, dataset or artifact."""
        return self.record.collection.noun.singular

    @property
    def version(self) -> str:
        """The number: `1.2.0`."""
        return self.record.number

    @property
    def number(self) -> str:
        """The same as `version`."""
        return self.record.number

    @property
    def flavour(self) -> str | None:
        """How it was saved: sklearn, files, table, …"""
        return self.record.flavour

    @property
    def signature(self) -> Mapping[str, Any] | None:
        """What goes in and comes out of a model, the columns of a dataset; None: not known."""
        return self.record.signature

    @property
    def summary(self) -> Mapping[str, Any]:
        """What was said of it, and the profile of a dataset."""
        return self.record.summary

    @property
    def stage(self) -> str | None:
        return self.record.stage

    @property
    def aliases(self) -> tuple[str, ...]:
        return self.record.aliases

    def load(self) -> Any:
        """The thing itself: a model as it was logged, a table as a pandas DataFrame, else the folder with the files."""
        self._note_use()
        return self._loaded

    def predict(self, x: Any) -> Any:
        """What the model answers to `x`: what its library takes, one row as a dict, or rows as a list of dicts."""
        model = self.load()
        if self.record.collection.noun is not Noun.MODEL or self.flavour is None or self.flavour == REFERENCE:
            raise InvalidError(f"{self.ref} is no model that can be asked.", hint="Use load() or pull(FOLDER).")
        return flavours.predict(self.flavour, model, x)

    def pull(self, folder: str | Path) -> Path:
        """Writes the files into a folder, which is made, and gives it; a file that is there already is refused."""
        self._note_use()
        self.connection.reader.pull(self.record, Path(folder))
        return Path(folder)

    def promote(self, stage: str, *, reason: str = "", override: str | None = None) -> VersionHandle:
        """The version in a stage: staging, production (the one that was there is archived) or archived.

        Gates (checks of data) may refuse staging and production: GateRefusedError. `override` is the reason for going
        on all the same; it is kept in the log.
        """
        return self._marked(Staged(stage_of(stage), reason, override))

    def alias(self, name: str, *, reason: str = "") -> VersionHandle:
        """The version with one more alias, which leaves the version that had it."""
        return self._marked(Aliased(name, reason))

    def _marked(self, mark: Mark) -> VersionHandle:
        return VersionHandle(self.connection.sink.mark(self.record, mark), self.connection)

    def _note_use(self) -> None:
        """An edge of lineage to the run that is going on, if it logs to where this version is."""
        run = CURRENT.find()
        if run is not None and run.connection is self.connection:
            run.use(self.record)

    @cached_property
    def _loaded(self) -> Any:
        match self.record.collection.noun, self.flavour:
            case _, flavour if flavour == TABLE:
                read = read_table
            case Noun.MODEL, str(flavour) if flavour not in {FILES, REFERENCE}:
                read = partial(flavours.load, flavour)
            case _:
                return self._folder()
        with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
            self.pull(folder)
            return read(Path(folder))

    def _folder(self) -> Path:
        """A folder with the files. It outlives the handle, since only its path is given away."""
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        self.pull(folder)
        return folder

    def __repr__(self) -> str:
        return f"<{self.noun} {self.ref}>"


def stage_of(text: str) -> Stage:
    """A stage by its name. Raises InvalidError, which lists them."""
    try:
        return Stage(text.lower())
    except ValueError:
        raise InvalidError(f"There is no stage {text!r}.", hint=f"Stages are {', '.join(Stage)}.") from None
