"""What is known of each of the things that are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from vitrina.store.errors import InvalidError
from vitrina.store.lookup import Found
from vitrina.store.opening import Store
from vitrina.store.records import LoggedObject, Param, Run, Series, Version, VersionFile
from vitrina.store.runs import Io
from vitrina.store.surroundings import CHANGES, PACKAGES, SCRIPT

LARGEST_TEXT = 1_000_000
"""Bytes of a list of packages, a script or a patch; what is longer is not compared line by line."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a run said of its code; what it did not say is empty."""

    commit: str = ""
    branch: str = ""
    is_dirty: bool = False
    remote: str = ""
    entry: str = ""
    """Name of the script."""

    script: str | None = None
    """Its source; None: not kept."""

    changes: str | None = None
    """What differed from the commit, as a patch; None: not kept."""


@dataclass(frozen=True, slots=True)
class Side:
    """A run, or a version with the run that made it."""

    ref: str
    title: str
    """Short: the number of a version, the name of a run."""

    run: Run | None
    version: Version | None
    role: str = ""
    """Why it is here where nobody asked for it by name: this, production, former; else empty."""

    params: Mapping[str, Param] = field(default_factory=dict[str, Param])
    outputs: Mapping[str, Param] = field(default_factory=dict[str, Param])
    series: Mapping[str, Series] = field(default_factory=dict[str, Series])
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """The types of a signature's inputs and outputs, or of a dataset's columns: `input age` to `float64`."""

    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    files: Mapping[str, VersionFile] = field(default_factory=dict[str, VersionFile])
    code: Code = field(default_factory=Code)


Chosen = tuple[str, Run | None, Version | None]
"""(role, run, version) of a side; one of the two is there."""


def chosen(found: Found, *, role: str = "") -> Chosen:
    """A thing that can be compared. Raises InvalidError for another."""
    if found.version is not None and found.app is None and found.report is None:
        return role, None, found.version
    if found.run is not None and found.report is None:
        return role, found.run, None
    raise InvalidError(
        f"{found.ref} cannot be compared.", hint="Give runs, or versions of models, datasets or artifacts."
    )


def gather(store: Store, things: Sequence[Chosen]) -> list[Side]:
    """The sides, in the order given: for all runs together one query a table, and one a version for its files."""
    run_ids = list({number for _, run, version in things if (number := _run_id(run, version)) is not None})
    runs = store.runs.by_ids(run_ids)
    inputs, outputs = store.runs.params(run_ids), store.runs.params(run_ids, Io.OUTPUT)
    series, objects = store.metrics.series(run_ids), store.objects.list(run_ids)
    sides: list[Side] = []
    for role, run, version in things:
        number = _run_id(run, version)
        made_by = run or (runs.get(number) if number is not None else None)
        texts = _texts(store, objects.get(number, ()) if number is not None else ())
        meta: Mapping[str, Any] = made_by.meta if made_by is not None else {}
        sides.append(
            Side(
                ref=version.ref if version is not None else made_by.ref if made_by is not None else "",
                title=_title(made_by, version),
                run=made_by,
                version=version,
                role=role,
                params={one.name: one for one in inputs.get(number or 0, ())},
                outputs={one.name: one for one in outputs.get(number or 0, ())},
                series={one.name: one for one in series.get(number or 0, ())},
                fields=fields_of(version.signature if version is not None else None),
                environment=environment_of(meta, version, packages=texts.get(PACKAGES, "")),
                files={one.path: one for one in store.registry.files(version)} if version is not None else {},
                code=code_of(meta, texts),
            )
        )
    return sides


def fields_of(signature: Mapping[str, Any] | None) -> dict[str, str]:
    """The fields of a signature by name, each with its type in words."""
    found: dict[str, str] = {}
    for section in ("inputs", "outputs", "columns"):
        listed: object = (signature or {}).get(section)
        for one in cast("list[object]", listed) if isinstance(listed, list) else ():
            if isinstance(one, Mapping):
                facts = cast("Mapping[str, object]", one)
                found[f"{section.removesuffix('s')} {facts.get('name', '')}"] = _type(facts)
    return found


def environment_of(meta: Mapping[str, Any], version: Version | None, *, packages: str) -> dict[str, str]:
    """Facts by name, and the releases of packages under theirs; what a version says of itself wins over its run."""
    found = {f"{name}": f"{value}" for name, value in _mapping(meta.get("environment")).items()}
    found |= _releases(packages)
    own = _mapping(version.summary.get("environment") if version is not None else None)
    found |= {f"{name}": f"{value}" for name, value in own.items() if name != "requirements"}
    return found | _releases(str(own.get("requirements", "")))


def code_of(meta: Mapping[str, Any], texts: Mapping[str, str]) -> Code:
    said = _mapping(meta.get("code"))
    return Code(
        commit=str(said.get("commit") or ""),
        branch=str(said.get("branch") or ""),
        is_dirty=said.get("is_dirty") is True,
        remote=str(said.get("remote") or said.get("url") or ""),
        entry=str(said.get("entry") or ""),
        script=texts.get(SCRIPT),
        changes=texts.get(CHANGES),
    )


def _run_id(run: Run | None, version: Version | None) -> int | None:
    return run.id if run is not None else version.run_id if version is not None else None


def _title(run: Run | None, version: Version | None) -> str:
    if version is not None:
        return f"{version.collection.name} {version.number}"
    return run.name if run is not None else ""


def _texts(store: Store, objects: Sequence[LoggedObject]) -> dict[str, str]:
    """The texts that are compared, by name; the newest of a name."""
    wanted = {
        one.name: one.blob
        for one in objects
        if one.section == "texts" and one.name in {PACKAGES, SCRIPT, CHANGES} and one.blob.size <= LARGEST_TEXT
    }
    return {name: store.blobs.read(blob).decode(errors="replace") for name, blob in wanted.items()}


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _releases(packages: str) -> dict[str, str]:
    """`name==release` a line, as a requirements file has it."""
    lines = (line.partition("==") for line in packages.splitlines())
    return {name.strip().lower(): release.strip() for name, mark, release in lines if mark}


def _type(facts: Mapping[str, object]) -> str:
    words = str(facts.get("type") or facts.get("kind") or "")
    shape = facts.get("shape")
    if isinstance(shape, list) and len(cast("list[object]", shape)) > 1:
        words += f" {cast('list[object]', shape)[1:]}"
    categories = facts.get("categories")
    if isinstance(categories, list):
        words += f" of {len(cast('list[object]', categories))}"
    return words + (", may be missing" if facts.get("nullable") else "")
