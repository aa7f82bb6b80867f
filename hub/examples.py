"""The examples, as the demo runs them: each is a folder with a `train.py` that logs into `demo/<folder>`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import vitrina
from vitrina.store.errors import VitrinaError
from vitrina.store.home import Place
from vitrina.store.refs import parse_ref

if TYPE_CHECKING:
    from vitrina.store.opening import Store

OWNER = "demo"

IN_SOURCES = Path("src") / "vitrina"
"""Where the package lies in a clone; `examples` lies beside `src`."""


class NoExamplesError(VitrinaError):
    """The examples are not on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "The examples are not installed: they come with the source, not with the package.",
            hint="Clone the repository, and there: make demo",
        )


class ExampleFailedError(VitrinaError):
    """An example did not run to its end."""

    def __init__(self, example: Example, code: int) -> None:
        super().__init__(
            f"The example {example.name} ended with code {code}; what it said stands above.",
            hint=f"Run it by itself: python {example.script}",
        )


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    script: Path

    @property
    def project(self) -> str:
        return f"{OWNER}/{self.name}"

    @property
    def reports(self) -> list[Path]:
        """The texts beside the script, without the one that tells about the folder."""
        return sorted(file for file in self.script.parent.glob("*.md") if file.name != "README.md")


def find(package: Path = Path(vitrina.__file__).parent) -> list[Example]:
    """All examples of the clone that the package was installed from, by name. Raises NoExamplesError."""
    root = package.parent.parent
    scripts = sorted((root / "examples").glob("*/train.py")) if package == root / IN_SOURCES else []
    if not scripts:
        raise NoExamplesError
    return [Example(script.parent.name, script) for script in scripts]


def run(example: Example, where: Place, *, environment: Mapping[str, str] = os.environ) -> None:
    """Runs an example into a store, in a process of its own. Raises ExampleFailedError."""
    others = {name: value for name, value in environment.items() if not name.startswith("VITRINA_")}
    # Small data: with a thread for each core the libraries spend most of the time on telling the threads apart.
    given = {"OMP_NUM_THREADS": "1", "VITRINA_HOME": str(where.home), "VITRINA_URL": where.url}
    if where.blobs is not None:
        given["VITRINA_BLOBS"] = where.blobs
    # Kept back, since Ctrl-C reaches the example too, and its traceback would be all that the person sees.
    done = subprocess.run(
        [sys.executable, example.script, example.project], env={**others, **given}, stderr=subprocess.PIPE, check=False
    )
    if done.returncode:
        sys.stderr.buffer.write(done.stderr)
        raise ExampleFailedError(example, done.returncode)


def fill(where: Place, examples: Sequence[Example], *, say: Callable[[str], None]) -> None:
    """Runs examples into a store, publishes their reports, and shows their projects to everybody.

    What is there already is left as it is. Raises ExampleFailedError, and what opening the store raises before any
    example has run.
    """
    from vitrina.store.opening import open_store

    open_store(where.url, blobs=where.blobs, home=where.home).close()
    for number, example in enumerate(examples, start=1):
        say(f"Example {number} of {len(examples)}: {example.name} …")
        run(example, where)
    with open_store(where.url, blobs=where.blobs, home=where.home) as store:
        for example in examples:
            _show(store, example)


def _show(store: Store, example: Example) -> None:
    """Publishes the reports of an example, and puts its project on show under the title of its README."""
    from vitrina.reports import parse, publish
    from vitrina.store.records import Subject, Visibility

    for file in example.reports:
        publish(store, parse_ref(f"{example.project}/reports/{file.stem}"), file.read_text())
    project = store.projects.get(OWNER, example.name)
    readme = store.reports.readme(Subject.PROJECT, project.id)
    title = project.title or (parse(readme.text).title if readme is not None else "")
    if (project.visibility, project.title) != (Visibility.PUBLIC, title):
        store.projects.describe(project, title=title, visibility=Visibility.PUBLIC)
