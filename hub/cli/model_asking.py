"""`vitrina model predict`, `verify` and `environment`: a version's answers, its bytes, and what it was trained in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from vitrina.hub.cli import printing, rows
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.versioned import VersionRef, version_of
from vitrina.store import signature as signatures
from vitrina.store.charts.data import plain
from vitrina.store.errors import InvalidError, NotFoundError, VitrinaError
from vitrina.store.refs import Noun

if TYPE_CHECKING:
    from vitrina.store.records import Version
    from vitrina.store.verifying import Verified

PREDICTED_WITHIN_S = 300.0
"""With the start of a service that slept."""

NEAR = 1e-4
"""By so much, relative to the value, may a number differ: other processors and releases add in another order."""

Trust = Annotated[
    bool, typer.Option("--trust", help="Run the code that comes with a model (a pickle, a function, a torch program).")
]


class NotTrustedError(VitrinaError):
    """A model is code, and nobody said that it is trusted."""

    status = 403

    def __init__(self, version: Version) -> None:
        super().__init__(
            f"{version.ref} is code (flavour {version.flavour}): asking it here runs what {version.by or 'its maker'}"
            " wrote.",
            hint="Add --trust where you trust it, or ask its service on the hub: --via-hub.",
        )


class VersionFaultError(VitrinaError):
    """A version is not what was logged."""

    status = 500


def predict(
    ref: VersionRef,
    input_: Annotated[
        Path, typer.Option("--input", metavar="FILE", help="Rows as CSV, JSON (a list) or Parquet.", dir_okay=False)
    ],
    via_hub: Annotated[
        bool, typer.Option("--via-hub", help="Ask its predict service on the hub that runs; nothing is loaded here.")
    ] = False,
    trust: Trust = False,
    json: Json = False,
) -> None:
    """Ask a model: its prediction for each row of a file. The model is loaded here, unless a hub is asked."""
    with opened() as store:
        version, home = version_of(store, Noun.MODEL, ref), store.place.home
    asked = rows.read(input_, signature=version.signature)
    answers = _from_hub(version, home, asked) if via_hub else _from_here(version, asked, trust=trust)
    if json:
        printing.as_json(answers)
        return
    for answer in answers:
        print(answer)


def verify(
    ref: VersionRef,
    predict: Annotated[
        bool, typer.Option("--predict", help="Also load the model and ask it the examples that it was logged with.")
    ] = False,
    trust: Trust = False,
    json: Json = False,
) -> None:
    """Read every file of a version again, and compare it with what was logged."""
    from vitrina.store import verifying

    with opened() as store:
        version = version_of(store, Noun.MODEL, ref)
        found = verifying.verify(store, version)
    told = _told(version, found)
    if not json:
        for file in found.files:
            print(f"{file.fault or 'ok'}  {file.path}  {printing.size(file.size_bytes)}")
    _refuse_faults(version, found, told, json=json)
    if predict:
        told["answers"] = asked = _asked_again(version, trust=trust)
        if not json:
            print(f"ok  {asked} of {asked} examples are answered as they were")
    if json:
        printing.as_json(told)


def environment(ref: VersionRef, json: Json = False) -> None:
    """Print what a model was trained in, as a requirements file: vitrina model environment REF > requirements.txt"""
    with opened() as store:
        version = version_of(store, Noun.MODEL, ref)
    kept = cast("Mapping[str, str]", version.summary.get("environment") or {})
    if not kept:
        raise NotFoundError(f"note of what {version.ref} was trained in", hint="Plain files have none.")
    if json:
        printing.as_json(kept)
        return
    print(f"# {version.ref}: Python {kept['python']}, {kept['platform']}\n{kept['requirements']}", end="")


def _from_here(version: Version, asked: Any, *, trust: bool) -> list[Any]:
    from vitrina import tracking

    handle = tracking.get_version(version.ref)
    if handle.runs_code and not trust:
        raise NotTrustedError(version)
    handle.load(trust=trust)
    return rows.listed(handle.predict(asked))


def _from_hub(version: Version, home: Path, asked: Any) -> list[Any]:
    """What the version's predict service answers. Raises NoHubError, HubRefusedError."""
    from vitrina.hub.cli.asking import ask_hub

    collection = version.collection
    address = f"/api/v1/projects/{collection.project.ref}/models/{collection.name}/versions/{version.number}/predict"
    sent = asked.to_dict("records") if hasattr(asked, "to_dict") else asked
    return ask_hub(home, address, sent={"instances": plain(sent)}, timeout_s=PREDICTED_WITHIN_S)["predictions"]


def _told(version: Version, found: Verified) -> dict[str, Any]:
    files = [
        {"path": one.path, "sha256": one.digest, "size_bytes": one.size_bytes, "fault": one.fault}
        for one in found.files
    ]
    return {"ref": version.ref, "content": version.content, "files": files, "sound": found.is_sound}


def _refuse_faults(version: Version, found: Verified, told: Mapping[str, Any], *, json: bool) -> None:
    """Raises VersionFaultError, which names the first file that is not as it was."""
    if found.is_sound:
        return
    if json:
        printing.as_json(told)
    bad = [f"{file.path} is {file.fault}" for file in found.files if file.fault]
    said = "; ".join(bad) if bad else "its list of files has another digest than the version"
    raise VersionFaultError(f"{version.ref} is not what was logged: {said}.", hint="Restore it from a backup.")


def _asked_again(version: Version, *, trust: bool) -> int:
    """How many kept examples the model answers as it did. Raises VersionFaultError for one that it does not."""
    examples = list(cast("Sequence[Any]", (version.signature or {}).get("examples") or ()))
    recorded = list(cast("Sequence[Any]", version.summary.get("answers") or ()))
    if not examples or not recorded or version.signature is None:
        raise InvalidError(
            f"{version.ref} has no examples with answers.", hint="They are kept by log_model(NAME, model, example=…)."
        )
    answers = _from_here(version, signatures.typed(version.signature, examples[: len(recorded)]), trust=trust)
    for place, (now, then) in enumerate(zip(answers, recorded, strict=True)):
        if not _is_near(now, then):
            raise VersionFaultError(
                f"{version.ref} answers example {place} with {now}; it was logged with {then}.",
                hint="Ask it with the releases that it was trained with: vitrina model environment REF",
            )
    return len(recorded)


def _is_near(now: Any, then: Any) -> bool:
    """Whether two answers as JSON are the same but for the last digits of numbers."""
    if isinstance(now, dict) and isinstance(then, dict):
        one, other = cast("dict[str, Any]", now), cast("dict[str, Any]", then)
        return one.keys() == other.keys() and all(_is_near(one[name], other[name]) for name in one)
    if isinstance(now, list) and isinstance(then, list):
        items, others = cast("list[Any]", now), cast("list[Any]", then)
        return len(items) == len(others) and all(map(_is_near, items, others))
    if isinstance(now, int | float) and isinstance(then, int | float):
        return math.isclose(now, then, rel_tol=NEAR, abs_tol=NEAR * 1e-2)
    return bool(now == then)
