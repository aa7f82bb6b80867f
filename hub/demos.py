"""Logging the apps that nobody wrote (see `vitrina.store.demos`) with a version, for whoever asks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vitrina.store import demos
from vitrina.store.apps import AppDraft
from vitrina.store.demos import Template
from vitrina.store.opening import Store
from vitrina.store.records import App, Node, NodeKind, Version
from vitrina.store.refs import Noun


def can_have(version: Version) -> bool:
    """Whether such apps can be made for a version: it is a model whose signature says what it takes and gives."""
    signature = version.signature or {}
    return version.collection.noun is Noun.MODEL and bool(signature.get("inputs") and signature.get("outputs"))


def make(store: Store, version: Version) -> list[App]:
    """The demo and the predict service of a version; those that it has already are not made again.

    An app of such a name that somebody wrote stays as it is. Raises NoSignatureError.
    """
    columns = _columns(store, version)
    drafts = {template: _draft(template, version, columns) for template in demos.TEMPLATES}
    there = {app.name: app for app in store.apps.of_versions([version.id])[version.id]}
    return [
        there[template.name]
        if _is_somebodys(there.get(template.name), template)
        else store.apps.log(version, template.name, draft)
        for template, draft in drafts.items()
    ]


def _is_somebodys(app: App | None, template: Template) -> bool:
    return app is not None and app.description != template.description


def _draft(template: Template, version: Version, columns: Sequence[Mapping[str, Any]]) -> AppDraft:
    bundle = demos.make(template, version, columns=columns)
    return AppDraft(
        archive=bundle.data,
        bundle=bundle.digest,
        framework=bundle.framework,
        entry=bundle.entry,
        cwd=bundle.cwd,
        requirements=bundle.requirements,
        title=template.title,
        description=template.description,
    )


def _columns(store: Store, version: Version) -> Sequence[Mapping[str, Any]]:
    """The columns of the datasets that the version's run used or made, those of other projects left out: who may see a
    model's form may not always see them."""
    if version.run_id is None:
        return ()
    project = version.collection.project
    edges = store.lineage.around([Node(NodeKind.RUN, version.run_id)], may_read=lambda one: one.id == project.id)
    ends = [end for edge in edges for end in (edge.source, edge.target)]
    datasets = dict.fromkeys(end.node.id for end in ends if end.noun == Noun.DATASET.singular)
    return [column for number in datasets for column in demos.profiled(store.registry.version(number).summary)]
