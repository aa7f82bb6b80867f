"""The program of a render worker: `python -m vitrina.reports.press`. Reads jobs from its input, writes answers to its
output, and ends with its input. It knows nothing of the store: what it draws comes with the job, and nothing else can
be had."""

# WeasyPrint ships no types: what it gives is bytes.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from vitrina.reports.confinement import confine, end_at
from vitrina.reports.framing import Message, read, write
from vitrina.reports.sanitise import PICTURE_DATA

LARGEST_JOB = 400_000_000
"""Bytes."""

LONGEST_REASON = 300
SCHEME = "vitrina:"
"""Of the addresses of what came with a job. Every other address is refused."""

GRACE_S = 5.0
"""After the parent's deadline this process ends by itself: the parent may be gone."""


def main() -> None:
    memory_bytes, deadline_s = int(sys.argv[1]), float(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    has_no_network = confine(memory_bytes=memory_bytes)
    write(answers, Message({"ready": True, "network": not has_no_network}))
    while (job := read(sys.stdin.buffer, most=LARGEST_JOB)) is not None:
        end_at(deadline_s + GRACE_S)
        answer = _done(job)
        end_at(0)
        write(answers, answer)


def _done(job: Message) -> Message:
    try:
        return JOBS[job.head["job"]](job)
    except ImportError as error:
        return Message({"missing": error.name or str(error)})
    except Exception as error:  # one boundary: whatever a library says becomes the answer
        reason = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        return Message({"error": reason[:LONGEST_REASON]})


def _svg(job: Message) -> Message:
    import vl_convert

    svg = vl_convert.vegalite_to_svg(json.loads(job.blobs[0]), allowed_base_urls=[])
    return Message({}, (svg.encode(),))


def _png(job: Message) -> Message:
    import vl_convert

    spec: dict[str, Any] = json.loads(job.blobs[0])
    return Message({}, (vl_convert.vegalite_to_png(spec, scale=job.head["scale"], allowed_base_urls=[]),))


def _vega(job: Message) -> Message:
    import vl_convert

    bundle = vl_convert.javascript_bundle()  # pyright: ignore[reportCallIssue]  its stub forgets that the snippet has a default
    return Message({}, (bundle.encode(),))


def _pdf(job: Message) -> Message:
    """The first blob is the page, the others what it names as `vitrina:NAME`."""
    import weasyprint

    names: list[Mapping[str, str]] = job.head["resources"]
    resources = {one["name"]: (one["type"], blob) for one, blob in zip(names, job.blobs[1:], strict=True)}
    fetcher = _fetcher(resources)
    html = weasyprint.HTML(string=job.blobs[0].decode(), base_url=job.head["base_url"], url_fetcher=fetcher)
    pdf = html.write_pdf(pdf_identifier=job.head["identifier"].encode(), **job.head["options"])
    assert isinstance(pdf, bytes)
    return Message({"refused": fetcher.refused}, (pdf,))


def _fetcher(resources: Mapping[str, tuple[str, bytes]]) -> Any:
    """A fetcher of WeasyPrint's that gives what came with the job, and pictures that stand in their own address, and
    refuses everything else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class InMemory(URLFetcher):
        def __init__(self) -> None:
            super().__init__(allowed_protocols=("data",))
            self.refused: list[str] = []

        def fetch(self, url: str, headers: Any = None) -> Any:
            del headers
            if url.lower().startswith(PICTURE_DATA):
                return super().fetch(url)
            name = url.removeprefix(SCHEME)
            if not url.startswith(SCHEME) or name not in resources:
                self.refused.append(url[:LONGEST_REASON])
                raise ValueError(f"{url[:LONGEST_REASON]} did not come with the document.")
            media_type, content = resources[name]
            return URLFetcherResponse(url, content, {"Content-Type": media_type})

    return InMemory()


JOBS: Mapping[str, Callable[[Message], Message]] = {"svg": _svg, "png": _png, "vega": _vega, "pdf": _pdf}

if __name__ == "__main__":
    main()
