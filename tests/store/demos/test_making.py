"""Bundles of the apps that nobody wrote."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from vitrina.store import bundles
from vitrina.store.demos import DEMO, PREDICT, NoSignatureError, Template, make
from vitrina.store.signature import infer

SIGNATURE = infer(pd.DataFrame({"bill": [10.0, 20.0]}), predict=lambda rows: rows["bill"] * 0.2)


@pytest.mark.parametrize("template", [DEMO, PREDICT], ids=lambda template: template.name)
def test_the_same_signature_gives_the_same_bundle_for_every_version(template: Template, version_of) -> None:
    first, second = (make(template, version_of(SIGNATURE, number=number)) for number in ("1.0.0", "1.0.1"))
    assert first == second
    assert first.framework == template.framework


def test_a_bundle_holds_source_to_read_and_the_form(version_of, tmp_path: Path) -> None:
    archive, folder = tmp_path / "demo.tar", tmp_path / "demo"
    archive.write_bytes(make(DEMO, version_of(SIGNATURE)).data)
    bundles.unpack(archive, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["app.py", "fields.py", "form.json", "widgets.py"]
    assert '"title": "Tip size"' in (folder / "form.json").read_text()


def test_it_asks_for_the_libraries_that_the_model_was_saved_with(version_of) -> None:
    libraries = {"scikit-learn": "1.9.1", "numpy": "2.4.0", "odd": "unknown", "year": "2026"}
    needs = make(PREDICT, version_of(SIGNATURE, libraries=libraries)).requirements.splitlines()
    assert needs == ["scikit-learn==1.9.*", "numpy>=2.4,<3", "odd", "year==2026.*", "pandas>=2"]
    assert make(DEMO, version_of(SIGNATURE, libraries=libraries)).requirements.startswith("gradio>=6,<7\n")


@pytest.mark.parametrize("signature", [None, {}, {"columns": []}, {"form": "frame", "inputs": [], "outputs": []}])
def test_without_a_signature_it_says_what_to_give(version_of, signature) -> None:
    with pytest.raises(NoSignatureError, match=r"tip-size@1\.0\.0 has no signature.*example=X\[:5\], demo=True"):
        make(DEMO, version_of(signature))
