"""What every flavour keeps to: what is loaded answers as what was saved, and the same model gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from vitrina.store import flavours
from vitrina.store.content import content_digest
from vitrina.store.errors import MissingExtraError, NotFoundError
from vitrina.store.flavours import FLAVOURS, FlavourError
from vitrina.store.libraries import load


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return content_digest(
        (path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files
    )


def test_it_is_found_from_the_model_alone(case: Any, tmp_path: Path) -> None:
    assert flavours.detect(case.make(tmp_path)) == case.flavour


def test_its_meta_is_json(case: Any, tmp_path: Path) -> None:
    meta = flavours.save(case.make(tmp_path), tmp_path / "saved")
    assert json.loads(json.dumps(meta)) == meta
    assert meta["flavour"] == case.flavour


def test_what_is_loaded_answers_as_what_was_saved(case: Any, tmp_path: Path, rows: pd.DataFrame) -> None:
    model = case.make(tmp_path)
    meta = flavours.save(model, tmp_path / "saved")
    loaded = flavours.load(meta["flavour"], tmp_path / "saved")
    if case.flavour == "files":
        assert isinstance(loaded, Path)
        assert next(loaded.rglob("weights.bin")).read_bytes() == bytes(8)
    else:
        assert np.array_equal(flavours.predict(meta["flavour"], loaded, rows), model.predict(rows))


def test_the_same_model_gives_the_same_bytes(case: Any, tmp_path: Path) -> None:
    model = case.make(tmp_path)
    for name in ("first", "second"):
        flavours.save(model, tmp_path / name)
    assert digest(tmp_path / "first") == digest(tmp_path / "second")


def test_a_loaded_model_saves_to_the_bytes_it_came_from(case: Any, tmp_path: Path) -> None:
    flavours.save(case.make(tmp_path), tmp_path / "first")
    flavours.save(flavours.load(case.flavour, tmp_path / "first"), tmp_path / "second")
    assert digest(tmp_path / "first") == digest(tmp_path / "second")


ELSEWHERE = {"pickle", "python"}
"""Flavours with tests of their own: they are not found from the model, or not kept by type."""

WITH_LIBRARIES = {"catboost", "keras", "lightgbm", "onnx", "safetensors", "torch", "transformers", "xgboost"}
"""Those whose libraries nothing else needs: tests/integrations/test_flavours.py."""


def test_there_is_a_case_of_every_flavour(cases: list[Any]) -> None:
    assert {case.flavour for case in cases} | ELSEWHERE | WITH_LIBRARIES == {flavour.NAME for flavour in FLAVOURS}


@pytest.mark.parametrize("name", sorted(WITH_LIBRARIES))
def test_a_library_of_a_flavour_that_is_not_installed_is_named_for_pip(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = {"onnx": "onnxruntime"}.get(name, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(FlavourError, match=f"needs {module}, which is not installed. Install it: pip install {module}"):
        flavours.load(name, tmp_path)


TRAIN_AND_SAVE = """
import hashlib, sys
from pathlib import Path
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from vitrina.store import flavours

X, y = load_iris(return_X_y=True, as_frame=True)
model = make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0)).fit(X, y)
folder = Path(sys.argv[1])
flavours.save(model, folder)
print(hashlib.sha256((folder / "model.skops").read_bytes()).hexdigest())
"""


@pytest.mark.slow
def test_a_model_trained_anew_in_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    found = set[str]()
    for seed in ("1", "2"):
        command = [sys.executable, "-c", TRAIN_AND_SAVE, str(tmp_path / seed)]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        found.add(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(found) == 1


def test_loading_needs_the_flavours_library_and_nothing_of_the_store(regression: Any, tmp_path: Path) -> None:
    flavours.save(regression, tmp_path / "saved")
    code = (
        "import sys; from pathlib import Path; from vitrina.store import flavours; "
        "heavy = ('numpy', 'sklearn', 'skops', 'sqlalchemy', 'alembic', 'fastapi'); "
        "early = [name for name in heavy if name in sys.modules]; "
        "flavours.load('sklearn', Path(sys.argv[1])); "
        "print(early, [name for name in heavy if name in sys.modules])"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "saved")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] ['numpy', 'sklearn', 'skops']"


def test_a_folder_that_is_not_empty_is_refused(regression: Any, tmp_path: Path) -> None:
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "old.bin").write_bytes(b"")
    with pytest.raises(FlavourError, match="is not empty"):
        flavours.save(regression, tmp_path / "saved")


def test_a_model_of_no_flavour_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        FlavourError, match=r"builtins\.object is of no known flavour. Known are xgboost, .*, sklearn, .*files"
    ):
        flavours.detect(object())


def test_an_unknown_flavour_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no flavour called 'mystery'"):
        flavours.load("mystery", tmp_path)


def test_a_library_that_is_not_installed_says_what_to_install() -> None:
    with pytest.raises(MissingExtraError, match=r"Testing needs no_such_library, .*pip install .vitrina\[charts\]"):
        load("no_such_library.part", extra="charts", purpose="Testing")


OTHERS = """
import json
from pathlib import Path
from vitrina.store.flavours import FlavourMeta

NAME = "steps"

def claims(obj):
    return isinstance(obj, range)

def save(obj, folder: Path):
    (folder / "steps.json").write_text(json.dumps([obj.start, obj.stop]))
    return FlavourMeta(NAME)

def load(folder: Path):
    return range(*json.loads((folder / "steps.json").read_text()))

def predict(model, x):
    return [value in model for value in x]
"""


def test_a_package_brings_its_own_flavour_by_an_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "site"
    (installed / "others-1.0.dist-info").mkdir(parents=True)
    (installed / "others-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: others\nVersion: 1.0\n")
    (installed / "others-1.0.dist-info" / "entry_points.txt").write_text("[vitrina.flavours]\nsteps = others_steps\n")
    (installed / "others_steps.py").write_text(OTHERS)
    monkeypatch.syspath_prepend(str(installed))
    meta = flavours.save(range(3, 6), tmp_path / "saved")
    loaded = flavours.load(meta["flavour"], tmp_path / "saved")
    assert flavours.predict("steps", loaded, [2, 3, 6]) == [False, True, False]
