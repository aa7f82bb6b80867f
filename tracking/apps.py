"""Calls that log demo apps with a version."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from vitrina.store import bundles
from vitrina.store import requirements as requirements_of
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.names import name_of
from vitrina.store.records import App, Version
from vitrina.store.refs import Noun, parse_ref
from vitrina.store.serving import network_of
from vitrina.tracking.connections import Connection
from vitrina.tracking.recorder import Here, Recorder, connection_of
from vitrina.tracking.sinks.sink import AppEntry
from vitrina.tracking.versions import VersionHandle


def log_app(
    here: Here,
    name: str,
    path: str | Path,
    *,
    model: VersionHandle | str | None = None,
    framework: str | None = None,
    entry: str | None = None,
    cwd: str | None = None,
    requirements: str | Path | None = None,
    include: Sequence[str] = (),
    allow_secrets: Collection[str] = (),
    title: str = "",
    description: str = "",
    network: str | None = None,
    command: str | None = None,
) -> App:
    """Keeps an app with a version, and gives its newest revision (`.ref`, `.revision`).

        log_app("what-if", "what_if.py", model=version)

    `path` is the app's file, or the folder that holds it and what it needs; `entry` and `cwd` are relative to it (the
    `cwd` of a file alone to its folder, and it may lie above). Modules at hand that the app imports come along; files
    that only show when it runs are named by `include`, globs relative to the folder. What git ignores, or a
    .vitrinaignore names, stays out. A file that looks like a secret stops the call, unless `allow_secrets` names it.
    `model` is a version or its reference; None: the model that the run logged last. `framework` None finds it from the
    source. `requirements` is the text of a requirements file, a Path of one, or `auto`: the libraries that the app
    imports, at the versions installed here; None takes what the app says by itself (the script block of its file, its
    folder's requirements.txt or pyproject.toml). With `command` the app is any program that serves pages, run among
    these files: `tensorboard --logdir logs --port {port}` (see docs/apps-kinds.md for what may stand in it).
    An app that equals the newest revision of its name is not kept again.

    `network` is whom it may connect to where the hub isolates apps: `none`, `loopback` (its own) or `full`; None leaves
    it as it is decided for the app, which is `none` for a new one.

    Everything is checked before anything is kept. Raises BundleError, SecretError, SourceError, RequirementsError,
    DetectionError, UnknownFrameworkError for the app, NotFoundError for the version.
    """
    connection = connection_of(here)
    version = version_of(model, connection) if model is not None else _last_model(here)
    called, whom = name_of("an app", name), network_of(network) if network is not None else None
    bundle = bundles.pack(
        path,
        entry=entry,
        cwd=cwd,
        framework=framework,
        requirements=requirements_text(requirements),
        include=include,
        allow_secrets=allow_secrets,
        command=command,
    )
    app = connection.sink.add_app(version, AppEntry(called, bundle, title, description, whom))
    if isinstance(here, Recorder):
        here.tally.note("apps", [called])
    return app


def version_of(model: VersionHandle | str, connection: Connection) -> Version:
    """The version that a handle or a reference names. Raises NotFoundError, BadReferenceError, InvalidError."""
    if isinstance(model, VersionHandle):
        return model.record
    found = connection.reader.find(parse_ref(model))
    if not isinstance(found, Version):
        raise InvalidError(
            f"{model} is a run.", hint="Give the reference of a version: owner/project/models/NAME@1.0.0."
        )
    return found


def _last_model(here: Here) -> Version:
    logged = here.versions if isinstance(here, Recorder) else ()
    models = [version for version in logged if version.collection.noun is Noun.MODEL]
    if not models:
        raise InvalidError("The app has no version to belong to.", hint="Log a model first, or say which: model=REF.")
    return models[-1]


def requirements_text(said: str | Path | None) -> str | None:
    """What `bundles.pack` takes for the requirements of a call. Raises NotFoundError, RequirementsError."""
    if not isinstance(said, Path):
        return said
    if not said.is_file():
        raise NotFoundError(f"requirements file {said}")
    return requirements_of.read(said)
