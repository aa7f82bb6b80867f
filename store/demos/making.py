"""Bundles of the apps that nobody wrote."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from vitrina.store import bundles
from vitrina.store.bundles import Bundle
from vitrina.store.demos.forms import form_of
from vitrina.store.errors import InvalidError
from vitrina.store.records import Version

SOURCES = Path(__file__).parent / "templates"
ENTRY = "app.py"
FORM = "form.json"

SHARED = "fields.py"
"""What both apps have: how rows are held to the form."""

COMPATIBLE = frozenset({"numpy", "scipy", "pandas"})
"""Libraries whose next minor release reads what this one wrote; of all others the app takes this minor release only."""


class NoSignatureError(InvalidError):
    """Nobody knows what a model takes."""

    def __init__(self, ref: str) -> None:
        super().__init__(
            f"{ref} has no signature, so nobody can tell what to ask for.",
            hint='Log the model with a few rows that it takes: log_model("name", model, example=X[:5], demo=True).',
        )


@dataclass(frozen=True, slots=True)
class Template:
    """One such app."""

    name: str
    """Of the app, and of the folder with its source."""

    framework: str
    title: str
    description: str
    requirements: tuple[str, ...] = ()
    """Beside what the model needs."""


DEMO = Template(
    "demo",
    "gradio",
    title="Demo",
    description="Change what goes in; the answer stands beside that of the version in production.",
    requirements=("gradio>=6,<7",),
)
PREDICT = Template(
    "predict",
    "asgi",
    title="Predict",
    description="For programs: POST rows, get predictions. Described by OpenAPI; takes MLflow's /invocations, too.",
)
TEMPLATES = (DEMO, PREDICT)


def make(template: Template, version: Version, *, columns: Iterable[Mapping[str, Any]] = ()) -> Bundle:
    """The app for a version, ready to be logged with it under the template's name.

    `columns` are those of datasets' profiles (see `form_of`). Raises NoSignatureError.
    """
    signature = version.signature
    if not signature or not signature.get("inputs") or not signature.get("outputs"):
        raise NoSignatureError(version.ref)
    form = form_of(signature, title=_title(version), columns=columns)
    with tempfile.TemporaryDirectory(prefix="vitrina-") as folder:
        for file in [SOURCES / SHARED, *(SOURCES / template.name).iterdir()]:
            if file.is_file():
                shutil.copyfile(file, Path(folder, file.name))
        Path(folder, FORM).write_text(json.dumps(form, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        needs = "".join(f"{line}\n" for line in _needs(template, version))
        return bundles.pack(folder, entry=ENTRY, framework=template.framework, requirements=needs)


def _title(version: Version) -> str:
    collection = version.collection
    return collection.title or collection.name.replace("-", " ").replace("_", " ").capitalize()


def _needs(template: Template, version: Version) -> list[str]:
    """The libraries that the model was saved with, in releases that load it, so that it opens in two years too."""
    saved_with = cast("Mapping[str, str]", version.summary.get("libraries") or {})
    asked = [*template.requirements, *(_requirement(name, release) for name, release in saved_with.items())]
    has_frame = (version.signature or {}).get("form") == "frame"
    return [*asked, "pandas>=2"] if has_frame and "pandas" not in saved_with else asked


def _requirement(name: str, release: str) -> str:
    major, _, rest = release.partition(".")
    if not major.isdigit():
        return name
    minor = rest.partition(".")[0]
    if name in COMPATIBLE or not minor.isdigit():
        return f"{name}>={major}.{minor},<{int(major) + 1}" if minor.isdigit() else f"{name}=={major}.*"
    return f"{name}=={major}.{minor}.*"
