"""A bundle with other requirements is the bundle that packing with them makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina.store import bundles
from vitrina.store.gathering import BundleError
from vitrina.store.rebundling import with_requirements
from vitrina.store.requirements import RequirementsError


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    (folder / "data" / "ä folder with a name that is far too long for the plain header of a tar file").mkdir(
        parents=True
    )
    (folder / "app.py").write_text("import gradio\n")
    (folder / "data" / "rows.csv").write_bytes(b"1,2\n" * 400)
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    return folder


def test_it_is_what_packing_makes(app: Path) -> None:
    old, new = (bundles.pack(app, requirements=text) for text in ("gradio==6.0.0\n", "gradio==6.1.0\n"))
    made = with_requirements(old.data, "gradio==6.1.0\n")
    assert made == new
    assert made.digest != old.digest
    assert with_requirements(made.data, "gradio==6.0.0\n") == old
    assert with_requirements(old.data, "") == bundles.pack(app, requirements="")


def test_it_refuses_what_no_app_may_ask_for_and_what_is_no_bundle(app: Path) -> None:
    with pytest.raises(RequirementsError):
        with_requirements(bundles.pack(app).data, "--index-url https://elsewhere.example\n")
    with pytest.raises(BundleError):
        with_requirements(b"no tar at all", "")
