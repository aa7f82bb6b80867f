"""Models, datasets and artifacts, and their versions."""

from __future__ import annotations

from enum import StrEnum

from fastapi import APIRouter

from vitrina.hub.api.shapes import Collection, Listing, Version, VersionDetail
from vitrina.hub.pages import data
from vitrina.hub.state import Asking
from vitrina.store.records import Version as StoredVersion
from vitrina.store.refs import Noun

router = APIRouter(tags=["versions"])


class Versioned(StrEnum):
    """The nouns whose things have versions."""

    MODELS = "models"
    DATASETS = "datasets"
    ARTIFACTS = "artifacts"


PROJECT = "/projects/{owner}/{project}/{noun}"


@router.get(PROJECT)
def list_collections(asking: Asking, owner: str, project: str, noun: Versioned) -> Listing[Collection]:
    """The models, datasets or artifacts of a project, by name."""
    found = asking.store.registry.collections(asking.project(owner, project), Noun(noun))
    return Listing(items=[Collection.of(one) for one in found])


@router.get(PROJECT + "/{name}")
def show_collection(asking: Asking, owner: str, project: str, noun: Versioned, name: str) -> Collection:
    """One model, dataset or artifact."""
    found = asking.find(f"{owner}/{project}/{noun}/{name}").collection
    assert found is not None
    return Collection.of(found)


@router.get(PROJECT + "/{name}/versions")
def list_versions(asking: Asking, owner: str, project: str, noun: Versioned, name: str) -> Listing[Version]:
    """Its versions, the highest first."""
    found = asking.find(f"{owner}/{project}/{noun}/{name}").collection
    assert found is not None
    return Listing(items=[Version.of(one) for one in asking.store.registry.versions([found.id])[found.id]])


@router.get(PROJECT + "/{name}/versions/{selector}")
def show_version(asking: Asking, owner: str, project: str, noun: Versioned, name: str, selector: str) -> VersionDetail:
    """One version with its files: by number, range, alias, stage or `latest`."""
    found = version_of(asking, f"{owner}/{project}/{noun}/{name}@{selector}")
    return VersionDetail.model_validate(
        {**data.version(found), "files": data.files(asking.store.registry.files(found))}
    )


def version_of(asking: Asking, ref: str) -> StoredVersion:
    found = asking.find(ref).version
    assert found is not None, "a reference with a selector names a version, or is not found"
    return found
