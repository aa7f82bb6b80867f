"""Handles of versions: what `log_model`, `log_dataset`, `log_artifact` and `get` give."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, cast

from vitrina.store import flavours
from vitrina.store.dataset_diff import DatasetDiff, diff
from vitrina.store.errors import InvalidError
from vitrina.store.flavours import origin
from vitrina.store.records import Version
from vitrina.store.refs import Noun, parse_ref
from vitrina.store.signature import arranged, check
from vitrina.store.versions import Stage
from vitrina.tracking.callers import caller
from vitrina.tracking.connections import Connection
from vitrina.tracking.current import CURRENT
from vitrina.tracking.layouts import FILES, REFERENCE, SPLITS, TABLE, read_splits, read_table
from vitrina.tracking.records import Aliased, Mark, Noted, Staged

PREFIX = "vitrina-"
"""Of the names of folders for a while."""


class CodeWarning(UserWarning):
    """A model is loaded whose files are code."""


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
    def notes(self) -> str:
        """Its release notes."""
        return self.record.notes

    @property
    def stage(self) -> str | None:
        return self.record.stage

    @property
    def aliases(self) -> tuple[str, ...]:
        return self.record.aliases

    @property
    def runs_code(self) -> bool:
        """Whether loading it runs code that whoever logged it wrote: a pickle, a function."""
        return self._saved_flavour is not None and flavours.runs_code(self._saved_flavour)

    @property
    def environment(self) -> Mapping[str, str]:
        """What a model was trained in: `python`, `platform`, and `requirements`, the lines of a requirements file with
        the releases of its libraries. Empty, where nobody noted it."""
        return cast("Mapping[str, str]", self.summary.get("environment") or {})

    def load(self, *, trust: bool = False) -> Any:
        """The thing itself: a model as it was logged, a table as a pandas DataFrame (splits as a dict of
        them), else the folder with the files.

        Warns (CodeWarning) before it runs code that came with a model; `trust` says that this is meant. Raises
        ReleaseError, which says what to install, for a model that the releases of its library here cannot load.
        """
        if self.runs_code and not trust and "_loaded" not in vars(self):
            warnings.warn(
                f"{self.ref} is code (flavour {self.flavour}): loading it runs what {self.record.by or 'its maker'}"
                " wrote. Give load(trust=True) where you trust it.",
                CodeWarning,
                stacklevel=caller(),
            )
        self._note_use()
        return self._loaded

    def predict(self, x: Any) -> Any:
        """What the model answers to `x`: what its library takes, one row as a dict, or rows as a list of dicts.

        Raises SignatureError, which names the field, for data that the model's signature does not take.
        """
        if self.connection.is_disabled:
            return self.load()
        if self.record.collection.noun is not Noun.MODEL or self.flavour is None or self.flavour == REFERENCE:
            raise InvalidError(f"{self.ref} is no model that can be asked.", hint="Use load() or pull(FOLDER).")
        if self.signature:
            check(self.signature, [x] if isinstance(x, dict) and _is_row(cast("dict[str, Any]", x)) else x)
            x = arranged(self.signature, x)
        model = self.load()
        try:
            return flavours.predict(self.flavour, model, x)
        except flavours.FlavourError as error:
            if not isinstance(error.__cause__, origin.SYMPTOMS):
                raise
            raise origin.explained(error, what=self.ref, libraries=self._libraries, python=self._python) from error

    def pull(self, folder: str | Path) -> Path:
        """Writes the files into a folder, which is made, and gives it; a file that is there already is refused."""
        self._note_use()
        self.connection.reader.pull(self.record, Path(folder))
        return Path(folder)

    def diff(self, other: VersionHandle | str, *, key: Sequence[str] | str | None = None) -> DatasetDiff:
        """What became of a dataset from this version to another (or the one that a reference names): `columns`, those
        that changed most first, and `rows` that came, went and changed. `key` names the columns by which a row is known
        again; None looks for some. Rows are read here, within a limit of memory."""
        beside = other.record if isinstance(other, VersionHandle) else self.connection.reader.find(parse_ref(other))
        if not isinstance(beside, Version):
            raise InvalidError(f"{other} is no version of a dataset.")
        wanted = [key] if isinstance(key, str) else key
        return diff(self.record, beside, pull=self.connection.reader.pull, key=wanted)

    def promote(self, stage: str, *, reason: str = "", override: str | None = None) -> VersionHandle:
        """The version in a stage: staging, production (the one that was there is archived) or archived.

        Gates (checks of data) may refuse staging and production: GateRefusedError. `override` is the reason for going
        on all the same; it is kept in the log.
        """
        return self._marked(Staged(stage_of(stage), reason, override))

    def alias(self, name: str, *, reason: str = "") -> VersionHandle:
        """The version with one more alias, which leaves the version that had it."""
        return self._marked(Aliased(name, reason))

    def note(self, notes: str) -> VersionHandle:
        """The version with other release notes; the log keeps what they were."""
        return self._marked(Noted(notes))

    def delete(self, *, reason: str = "") -> None:
        """Deletes the version. Its number is not used again; `vitrina model restore REF` takes it back for a while.

        Raises PinnedError, which names what points to it: an alias, a stage, a version that was made from it, a report
        that cites it, an app that runs.
        """
        self.connection.sink.delete(self.record, reason=reason)

    def _marked(self, mark: Mark) -> VersionHandle:
        return VersionHandle(self.connection.sink.mark(self.record, mark), self.connection)

    @property
    def _saved_flavour(self) -> str | None:
        """Of a model that can be loaded; None for all else."""
        is_model = self.record.collection.noun is Noun.MODEL
        return self.flavour if is_model and self.flavour not in {None, FILES, REFERENCE} else None

    @property
    def _libraries(self) -> Mapping[str, str]:
        return cast("Mapping[str, str]", self.summary.get("libraries") or {})

    @property
    def _python(self) -> str | None:
        return self.environment.get("python")

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
            case _, flavour if flavour == SPLITS:
                read = read_splits
            case Noun.MODEL, str(flavour) if flavour not in {FILES, REFERENCE}:
                libraries, python = self._libraries, self._python
                read = partial(origin.load, flavour, what=self.ref, libraries=libraries, python=python)
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


def _is_row(x: dict[str, Any]) -> bool:
    """Whether a dict is one row: columns are lists or arrays."""
    return all(isinstance(value, str) or not hasattr(value, "__len__") for value in x.values())


def stage_of(text: str) -> Stage:
    """A stage by its name. Raises InvalidError, which lists them."""
    try:
        return Stage(text.lower())
    except ValueError:
        raise InvalidError(f"There is no stage {text!r}.", hint=f"Stages are {', '.join(Stage)}.") from None
