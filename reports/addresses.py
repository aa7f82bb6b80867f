"""Addresses of pages from references."""

from __future__ import annotations

from urllib.parse import quote

_SAFE = "/@^~*._-"


def page_path(ref: str) -> str:
    """The path of the page that a reference names, with the part as its fragment."""
    path, mark, part = ref.partition("#")
    return "/" + quote(path, safe=_SAFE) + (f"#{quote(part, safe='/._-')}" if mark else "")


def object_path(object_id: int) -> str:
    """The bytes of a logged object."""
    return f"/-/blob/object/{object_id}"


def frame_path(object_id: int) -> str:
    """A logged figure or page as a document without an origin."""
    return f"/-/frame/{object_id}"


def picture_path(revision_id: int, digest: str) -> str:
    """The picture of an app revision, with these bytes."""
    return f"/-/blob/app/{revision_id}/{digest[:12]}.png"
