"""`vitrina report …`"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from vitrina.hub.cli import printing
from vitrina.hub.cli.nouns import noun
from vitrina.hub.cli.opened import opened
from vitrina.hub.cli.printing import Json
from vitrina.hub.cli.project import project_name
from vitrina.hub.pages import data
from vitrina.hub.settings import PORT
from vitrina.store.errors import InvalidError, VitrinaError
from vitrina.store.refs import Ref, parse_ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vitrina.reports import Finding, Paper, Target, Workers
    from vitrina.store.opening import Store
    from vitrina.store.records import Project, Report, Snapshot

app = noun("Reports and READMEs: check, render, publish.")

KEPT = "owner/project/reports/NAME, or a README: REF/readme"
USUAL_HUB = f"http://localhost:{PORT}"
STANDARD_OUTPUT = Path("-")

File = Annotated[Path, typer.Argument(metavar="FILE", help="A text in Markdown.", exists=True, dir_okay=False)]
About = Annotated[
    str | None,
    typer.Option("--project", metavar="PROJECT", help="owner/name: where a file's queries look, unless they say it."),
]
HubUrl = Annotated[
    str, typer.Option("--hub", metavar="URL", help="Where links lead; its addresses are references, too.")
]


class Form(StrEnum):
    """What `--to` takes: the values of `vitrina.reports.Target`, which is not imported before a report is."""

    LIVE = "live"
    HTML = "html"
    PDF = "pdf"


class BrokenReportError(VitrinaError):
    """A text asks for what cannot be shown."""


class UnwritableError(VitrinaError):
    """A file cannot be written where it was asked for."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} cannot be written: {reason}.", hint="Choose a folder that is there and has room: -o FILE"
        )


@app.command()
def render(
    what: Annotated[str, typer.Argument(metavar="FILE_OR_REF", help=f"A file, or {KEPT}; @N is a snapshot.")],
    to: Annotated[Form, typer.Option(help="live: the part of a page; html: a file that needs nothing else; pdf.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="By default NAME.html or NAME.pdf; -: print it.")
    ] = None,
    project: About = None,
    hub: HubUrl = USUAL_HUB,
    letter: Annotated[bool, typer.Option("--letter", help="PDF in US Letter instead of A4.")] = False,
) -> None:
    """Print a report. The same text over the same data gives the same bytes."""
    from vitrina.reports import Paper, Target, Workers, print_stored

    target, paper = Target(to.value), Paper.LETTER if letter else Paper.A4
    file = Path(what)
    with opened() as store, Workers() as workers:
        if file.is_file():
            printed = _file(store, file, target, workers, about=_home(project), hub_url=hub, paper=paper)
        else:
            printed = print_stored(store, _ref(what), target, workers, hub_url=hub, paper=paper)
    name = file.stem if file.is_file() else _ref(what).name or "readme"
    _write(out or (STANDARD_OUTPUT if to is Form.LIVE else Path(f"{name}.{to}")), printed)


@app.command()
def check(file: File, project: About = None, hub: HubUrl = USUAL_HUB, json: Json = False) -> None:
    """Look up everything that a text shows, and say line by line what cannot be shown. Ends with 1 if anything
    cannot."""
    from vitrina.reports import Reader
    from vitrina.reports import check as findings_of

    with opened() as store:
        found = findings_of(_read(file), Reader(store, home=_home(project)), hub_url=hub)
    if json:
        printing.as_json([_finding(file, one) for one in found])
    else:
        _tell(file, found, to=sys.stdout)
    if broken := sum(one.severity.value == "error" for one in found):
        things = "1 thing" if broken == 1 else f"{broken} things"
        raise BrokenReportError(f"{things} in {file} cannot be shown.", hint="Mend the lines above, or take them out.")


@app.command()
def publish(
    file: File,
    as_: Annotated[str, typer.Option("--as", metavar="REF", help=KEPT)],
    title: Annotated[str, typer.Option(help="By default the text's own.")] = "",
    snapshot: Annotated[bool, typer.Option("--snapshot", help="Freeze it, too, under the next number.")] = False,
    hub: HubUrl = USUAL_HUB,
    json: Json = False,
) -> None:
    """Keep a text as a new revision of a report or README."""
    from vitrina.reports import Workers, freeze
    from vitrina.reports import publish as keep

    frozen: Snapshot | None = None
    with opened() as store:
        done = keep(store, parse_ref(as_), _read(file), title=title, hub_url=hub)
        _tell(file, done.findings, to=sys.stderr)
        if snapshot:
            with Workers() as workers:
                frozen = freeze(store, done.report, workers, hub_url=hub)
    if json:
        printing.as_json({**data.report(done.report), "snapshot": frozen.number if frozen is not None else None})
    else:
        kept = f", snapshot {frozen.number}" if frozen is not None else ""
        print(f"{done.report.ref}: revision {done.report.revision}{kept}.")


@app.command("list")
def list_(
    project: Annotated[
        str | None, typer.Argument(metavar="[PROJECT]", help="owner/name; all projects if left out")
    ] = None,
    json: Json = False,
) -> None:
    """Reports, those made last first. READMEs are with what they are about."""
    with opened() as store:
        projects = [store.projects.get(*project_name(project))] if project is not None else store.projects.list()
        found = [report for one in projects for report in _all(store, one)]
    if json:
        printing.as_json([data.report(report) for report in found])
        return
    rows = [(one.ref, one.title, one.revision, printing.ago(one.created_at)) for one in found]
    printing.table(("REPORT", "TITLE", "REVISION", "WRITTEN"), rows, empty="There is no report here yet.")


@app.command()
def show(
    ref: Annotated[str, typer.Argument(metavar="REF", help=KEPT)],
    text: Annotated[bool, typer.Option("--text", help="Its Markdown, and nothing else.")] = False,
    json: Json = False,
) -> None:
    """One report or README: its revision and its snapshots."""
    with opened() as store:
        report = store.find(ref).report
        if report is None:
            raise InvalidError(f"{ref!r} is no report.", hint=f"A report is {KEPT}.")
        snapshots = store.reports.snapshots(report)
    if text:
        print(report.text, end="" if report.text.endswith("\n") else "\n")
    elif json:
        printing.as_json(
            {**data.report(report), "text": report.text, "snapshots": [_snapshot(one) for one in snapshots]}
        )
    else:
        numbers = [f"{one.number} (revision {one.revision})" for one in reversed(snapshots)]
        printing.facts(
            [
                ("report", report.ref),
                ("title", report.title),
                ("revision", str(report.revision)),
                ("written", printing.ago(report.created_at)),
                ("by", report.by),
                ("snapshots", ", ".join(numbers)),
            ]
        )


def _file(
    store: Store, file: Path, to: Target, workers: Workers, *, about: Ref | None, hub_url: str, paper: Paper
) -> bytes:
    """A text that is in no store; its date is the file's."""
    from vitrina.reports import Means, Reader, edition_of_text, parse, resolve
    from vitrina.reports import render as printed

    document = resolve(parse(_read(file), hub_url=hub_url), Reader(store, home=about))
    edition = edition_of_text(
        document,
        name=file.name,
        dated=datetime.fromtimestamp(file.stat().st_mtime, UTC),
        project=about.path if about is not None else "",
        hub_url=hub_url,
    )
    return printed(document, to, edition=edition, means=Means(store.blobs.read, workers), paper=paper)


def _ref(what: str) -> Ref:
    """The reference that was given; a word that looks like a file is one that is not there."""
    if what.endswith((".md", ".markdown", ".txt")):
        raise InvalidError(f"There is no file {what}.")
    return parse_ref(what)


def _home(project: str | None) -> Ref | None:
    return parse_ref("/".join(project_name(project))) if project is not None else None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidError(f"{file} is not UTF-8.", hint="Save it as UTF-8.") from None


def _write(out: Path, content: bytes) -> None:
    """A file, or what is printed. Raises UnwritableError."""
    if out == STANDARD_OUTPUT:
        sys.stdout.buffer.write(content)
        return
    try:
        _replace(out, content)
    except OSError as error:
        raise UnwritableError(out, error.strerror or str(error)) from error
    print(f"{out}: {printing.size(len(content))}.")


def _replace(out: Path, content: bytes) -> None:
    """To a name of its own, then renamed: nobody finds half a file, and a failure leaves the old one."""
    number, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _tell(file: Path, findings: Sequence[Finding], *, to: TextIO) -> None:
    for one in findings:
        mark = "" if one.severity.value == "error" else "note: "
        print(f"{file}:{one.line}: {mark}{one.message}", file=to)


def _finding(file: Path, one: Finding) -> dict[str, Any]:
    return {"file": str(file), "line": one.line, "severity": one.severity.value, "message": one.message}


def _snapshot(one: Snapshot) -> dict[str, Any]:
    return {
        "number": one.number,
        "revision": one.revision,
        "content": one.content,
        "created_at": one.created_at,
        "by": one.by,
        "values": one.values,
    }


def _all(store: Store, project: Project) -> list[Report]:
    page = store.reports.list(project)
    found = list(page.items)
    while page.after is not None:
        page = store.reports.list(project, after=page.after)
        found += page.items
    return found
