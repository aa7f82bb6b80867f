"""The service's page: what it takes, an example to copy, and a form to try it with."""

from __future__ import annotations

import json
from dataclasses import asdict
from html import escape
from pathlib import Path
from string import Template

from fields import Form


def page(path: Path, form: Form, *, ref: str) -> bytes:
    """The page of `path` with this form in it."""
    model, _, version = ref.rpartition("@")
    owner, project, _, name = model.split("/")
    told = {"fields": [asdict(field) for field in form.fields], "isFrame": form.is_frame, "examples": form.examples}
    fields = "".join(
        f"<tr><th scope=row><code>{escape(field.name)}</code></th><td>{escape(field.wanted)}"
        f"{' (may be null)' if field.nullable else ''}</td></tr>"
        for field in form.fields
    )
    example = json.dumps({"inputs": list(form.examples[:1])}, ensure_ascii=False)
    filled = Template(path.read_text(encoding="utf-8")).substitute(
        title=escape(form.title),
        ref=escape(ref),
        address=escape(f"/api/v1/projects/{owner}/{project}/models/{name}/versions/{version}/predict"),
        example=escape(example.replace("'", "'\\''")),
        fields=fields,
        form=json.dumps(told).replace("<", "\\u003c"),
    )
    return filled.encode()
