"""The apps that nobody wrote (see `vitrina.store.demos`), logged with a model."""

from __future__ import annotations

from vitrina.store import demos
from vitrina.store.refs import Noun
from vitrina.tracking.recorder import Recorder
from vitrina.tracking.sinks.sink import AppEntry
from vitrina.tracking.versions import VersionHandle


def log_demo(run: Recorder, version: VersionHandle) -> None:
    """A form to try the model in, and a service that predicts. Raises NoSignatureError."""
    datasets = [one for one in run.versions if one.collection.noun is Noun.DATASET]
    columns = [column for one in datasets for column in demos.profiled(one.summary)]
    bundles = {template: demos.make(template, version.record, columns=columns) for template in demos.TEMPLATES}
    for template, bundle in bundles.items():
        entry = AppEntry(template.name, bundle, template.title, template.description)
        run.connection.sink.add_app(version.record, entry)
    run.tally.note("apps", [template.name for template in bundles])
