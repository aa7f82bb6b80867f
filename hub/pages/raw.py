"""What people logged, as bytes and as framed documents: never an active document with the portal's rights.

Bytes are answered with `nosniff` and a sandbox, as an attachment unless their type is in a short list. Framed documents
(logged HTML, Plotly, Bokeh, frozen snapshots) have an address of their own, whose policy *header* takes the origin
away: the address is as harmless when it is opened by itself as it is in a frame.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response, StreamingResponse

from vitrina.hub.access import Action
from vitrina.hub.pages.paths import Form
from vitrina.hub.pages.visit import Here, Visit
from vitrina.hub.state import RowNumber
from vitrina.reports import Target
from vitrina.store import kinds
from vitrina.store.charts import theme
from vitrina.store.errors import NotFoundError
from vitrina.store.records import Blob, LoggedObject
from vitrina.store.views import BokehView, HtmlView, PlotlyView

router = APIRouter()

SHOWN_TYPES = frozenset(
    {"image/png", "image/jpeg", "image/webp", "image/gif", "video/mp4", "video/webm", "text/plain"}
    | {"audio/mpeg", "audio/wav", "audio/x-wav", "audio/ogg", "audio/flac", "audio/mp4", "audio/webm"}
)
"""Types that a browser shows and never runs. Everything else is an attachment."""

EMBEDDED_TYPES = frozenset({"image/svg+xml"})
"""Shown by an `img` element, which runs nothing in them; opened by themselves they are attachments like all others."""

THEMES: tuple[theme.Theme, ...] = ("light", "dark")

RAW_POLICY = "sandbox; default-src 'none'"


@router.get("/-/blob/object/{object_id}", include_in_schema=False)
def object_bytes(here: Here, object_id: RowNumber, still: Annotated[str | None, Query()] = None) -> Response:
    """A logged object's bytes; with `?still`, its picture."""
    item = readable_object(here, object_id)
    if still is None:
        return _bytes(here, item.blob, media_type=item.media_type, name=item.name)
    if item.still is None or item.still_media_type is None:
        raise NotFoundError(f"picture of the logged object {object_id}")
    return _bytes(here, item.still, media_type=item.still_media_type, name=item.name)


@router.get("/-/blob/app/{revision_id}/{name}", include_in_schema=False)
def app_picture(here: Here, revision_id: RowNumber, name: str) -> Response:
    """The picture of an app revision, for whoever may open the app; the name says which bytes are meant."""
    app = here.store.apps.by_revisions([revision_id]).get(revision_id)
    picture = here.store.pictures.of_revisions([revision_id]).get(revision_id)
    if app is None or not here.may(Action.OPEN_APP, app) or picture is None or picture.blob is None:
        raise NotFoundError(f"picture {name} of an app")
    return _bytes(here, picture.blob, media_type="image/png", name=name)


@router.get("/-/blob/version/{ref:path}", include_in_schema=False)
def file_bytes(here: Here, ref: str, path: str) -> Response:
    """A file of a version; its name decides nothing, so that it is always an attachment."""
    version = here.store.find(ref, may_read=here.may_read).version
    if version is None:
        raise NotFoundError(f"version {ref}")
    file = next((file for file in here.store.registry.files(version) if file.path == path), None)
    if file is None:
        raise NotFoundError(f"file {path!r} in {version.ref}")
    return _bytes(here, file.blob, media_type="application/octet-stream", name=path.rpartition("/")[2])


@router.get("/-/frame/{object_id}", include_in_schema=False)
def object_frame(here: Here, object_id: RowNumber) -> Response:
    """A Plotly figure, Bokeh item or logged page as a document without an origin."""
    item = readable_object(here, object_id)
    view = kinds.view(item.kind, item.summary, here.store.blobs.read(item.blob))
    match view:
        case PlotlyView():
            looks = {name: theme.plotly_template(name) for name in THEMES} if view.is_default_look else {}
            return _figure(here, "plotly", view.figure, looks)
        case BokehView():
            return _figure(here, "bokeh", view.item, {})
        case HtmlView():
            return _document(here, _with_height(view.html, here), inline_scripts=True)
        case _:
            raise NotFoundError(f"framed document of the logged object {object_id}")


@router.get("/-/frame/snapshot/{ref:path}", include_in_schema=False)
def snapshot_frame(here: Here, ref: str) -> Response:
    """A frozen report as it was kept."""
    found, form = here.find(ref)
    number = found.ref.readme_snapshot if found.ref.readme else int(found.ref.selector or 0)
    if found.report is None or not number or form is not Form.PAGE:
        raise NotFoundError(f"snapshot {ref}")
    snapshot = here.store.reports.snapshot(found.report, number)
    html = here.store.blobs.read(snapshot.blob).decode("utf-8", errors="replace")
    return _document(here, html, inline_scripts=True)  # it tells its height itself


@router.get("/-/print/{ref:path}", include_in_schema=False)
def printed(here: Here, ref: str) -> Response:
    """A report, README or snapshot as a PDF."""
    found, form = here.find(ref)
    if found.report is None or form is not Form.PAGE:
        raise NotFoundError(f"report {ref}")
    name = quote(f"{found.report.name or 'readme'}.pdf")
    headers = {
        "content-security-policy": RAW_POLICY,
        "x-content-type-options": "nosniff",
        "content-disposition": f"attachment; filename*=UTF-8''{name}",
    }
    pdf = here.portal.documents.pdf(found.ref, subject=here.subject)
    return Response(pdf, media_type=Target.PDF.media_type, headers=headers)


def readable_object(here: Visit, object_id: int) -> LoggedObject:
    """A logged object of a project that this reader may see; absent and forbidden are the same."""
    try:
        item = here.store.objects.get(object_id)
        run = here.store.runs.get(item.run_id)
    except NotFoundError:
        raise NotFoundError(f"logged object {object_id}") from None
    if not here.may(Action.READ, run.project):
        raise NotFoundError(f"logged object {object_id}")
    return item


def _bytes(here: Visit, blob: Blob, *, media_type: str, name: str) -> Response:
    bare = media_type.partition(";")[0].strip().lower()
    is_shown = bare in SHOWN_TYPES or (bare in EMBEDDED_TYPES and _is_for_image(here))
    headers = {
        "content-security-policy": RAW_POLICY,
        "x-content-type-options": "nosniff",
        "cache-control": "private, max-age=3600",
        "content-length": str(blob.size),
        "content-disposition": "inline" if is_shown else f"attachment; filename*=UTF-8''{quote(name, safe='')}",
    }
    return StreamingResponse(here.store.blobs.stream(blob), media_type=media_type, headers=headers)


def _is_for_image(here: Visit) -> bool:
    return here.request.headers.get("sec-fetch-dest") == "image"


def _figure(here: Visit, kind: str, figure: object, looks: Mapping[str, object]) -> Response:
    """`looks` are templates by theme for a figure whose author left the look to us; empty: it keeps its own."""
    template = here.renderer.environment.get_template("frame.html")
    page = template.render(kind=kind, figure=_in_script(figure), looks=_in_script(looks))
    return _document(here, page, inline_scripts=False)


def _in_script(value: object) -> str:
    """JSON that no script element ends in: `<` never stands as itself."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028")


def _with_height(html: str, here: Visit) -> str:
    """The page with the script that tells its height at the end, where it disturbs nothing."""
    return f'{html}\n<script src="{here.renderer.assets.url("framed.js")}" data-kind="html"></script>\n'


def _document(here: Visit, html: str, *, inline_scripts: bool) -> Response:
    own = f"{here.hub_url}/-/static/"
    inline = " 'unsafe-inline'" if inline_scripts else ""
    policy = "; ".join(
        (
            "sandbox allow-scripts",
            "default-src 'none'",
            f"script-src {own} 'unsafe-eval'{inline}",
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "media-src data: blob:",
            "font-src data:",
            "connect-src 'none'",
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
        )
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "private, no-cache",
    }
    return HTMLResponse(html, headers=headers)
