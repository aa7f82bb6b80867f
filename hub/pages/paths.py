"""Addresses. The path of a page is the reference of what it shows; the hub's own pages lie under `/-/`."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from urllib.parse import quote, urlencode

from vitrina.store.records import LoggedObject, Project, Version

SAFE = "/@^~*._-"


def href(ref: str) -> str:
    """The page of a reference."""
    return "/" + quote(ref, safe=SAFE)


class Form(Enum):
    """In what form a page is asked for."""

    PAGE = ""
    JSON = ".json"
    MARKDOWN = ".md"

    def of(self, ref: str) -> str:
        return href(ref) + self.value


def forms(text: str) -> list[tuple[str, Form]]:
    """What the last part of a path can mean, exact names first: `rc.json` is a name before it is the data of `rc`."""
    found = [(text, Form.PAGE)]
    for form in (Form.JSON, Form.MARKDOWN):
        if text.endswith(form.value) and len(text) > len(form.value):
            found.append((text.removesuffix(form.value), form))
    return found


def object_spec(item: LoggedObject) -> str:
    return f"/-/spec/object/{item.id}"


def object_frame(item: LoggedObject) -> str:
    return f"/-/frame/{item.id}"


def object_bytes(item: LoggedObject, *, still: bool = False) -> str:
    return f"/-/blob/object/{item.id}" + ("?still" if still else "")


def file_bytes(version: Version, path: str) -> str:
    return f"/-/blob/version/{quote(version.ref, safe=SAFE)}?" + urlencode({"path": path})


def metric_spec(
    project: Project, names: Iterable[str], *, runs: Iterable[str] = (), versions: Iterable[str] = ()
) -> str:
    """The chart of metrics of a project's runs (by id) or versions (by what follows the project in their reference)."""
    query = [("name", name) for name in names] + [("run", run) for run in runs] + [("version", one) for one in versions]
    return f"/-/spec/metrics/{project.ref}?{urlencode(query)}"
