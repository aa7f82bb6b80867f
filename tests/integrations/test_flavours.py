"""Every flavour with its real library: logged, got in a process that never saw it, asked, and served as an app.

The libraries come from the package index of this machine, into environments on top of ours. `torch==2.13.0` is meant
to be a build for processors: where pip finds both, a local version such as 2.13.0+cpu is the newer one.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vitrina.apps.served import write_served
from vitrina.store import bundles
from vitrina.store.opening import Store, open_store

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

STORIES = Path(__file__).parent / "models" / "stories.py"
NEAR = 1e-5

TREES = (
    "xgboost_classifier",
    "xgboost_booster",
    "xgboost_regressor_of_an_array",
    "lightgbm_classifier",
    "lightgbm_classifier_of_three",
    "lightgbm_booster",
    "catboost_classifier_with_a_text_column",
    "catboost_regressor",
    "onnx_classifier",
    "onnx_regressor_of_columns",
)
NETS = (
    "torch_module",
    "torch_module_of_columns",
    "torch_program_of_images",
    "keras_model",
    "transformers_pipeline",
    "safetensors_weights",
)
REQUIREMENTS = {
    "trees": ("xgboost-cpu", "lightgbm", "catboost", "onnx", "onnxruntime", "skl2onnx"),
    "nets": ("torch==2.13.0", "keras", "transformers", "safetensors"),
}
RUNS_CODE = {"torch"}
KINDS = [("trees", kind) for kind in TREES] + [("nets", kind) for kind in NETS]


@dataclass(frozen=True)
class Zoo:
    """The models of a family, logged to one store by one process, and got from it by another."""

    python: Path
    home: Path
    logged: Mapping[str, Any]
    asked: Mapping[str, Any]

    def run(self, *words: str, **variables: str) -> Any:
        return run(self.python, self.home, *words, **variables)


def run(python: Path, home: Path, *words: str, **variables: str) -> Any:
    """What a process of the stories prints, as JSON. It may not write beside the sources, nor fetch anything."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("VITRINA_", "KERAS_", "HF_"))}
    environment = {**own, "VITRINA_HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(home), **variables}
    command = [str(python), str(STORIES), *words]
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def trees(overlay: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Zoo:
    return zoo_of(TREES, overlay("trees", *REQUIREMENTS["trees"]), tmp_path_factory.mktemp("home-trees"))


@pytest.fixture(scope="session")
def nets(overlay: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Zoo:
    return zoo_of(NETS, overlay("nets", *REQUIREMENTS["nets"]), tmp_path_factory.mktemp("home-nets"))


@pytest.fixture
def zoo(request: pytest.FixtureRequest, family: str) -> Zoo:
    """The zoo of a family, made at its first use."""
    return request.getfixturevalue(family)


def zoo_of(kinds: Sequence[str], python: Path, home: Path) -> Zoo:
    logged = run(python, home, "log", *kinds)
    return Zoo(python, home, logged, run(python, home, "ask", *(logged[kind]["ref"] for kind in kinds)))


@pytest.mark.parametrize(("family", "kind"), KINDS, ids=[kind for _, kind in KINDS])
def test_a_model_answers_in_a_fresh_process_as_it_did_when_it_was_logged(zoo: Zoo, family: str, kind: str) -> None:
    logged = zoo.logged[kind]
    asked = zoo.asked[logged["ref"]]
    assert logged["flavour"] == kind.partition("_")[0]
    assert logged["again"] == logged["ref"], "the same model is the same bytes"
    expected = logged["answers"]
    shown = asked["answers"] if isinstance(expected, dict) else expected[: len(asked["answers"])]
    assert shown
    assert is_near(asked["answers"], shown), (asked["answers"], shown)
    assert asked["warned"] == (["CodeWarning"] if logged["flavour"] in RUNS_CODE else [])
    if logged["service"]:
        field = "'age'" if "age" in logged["fields"] else ""
        assert asked["refused"].startswith("SignatureError: The ")
        assert field in asked["refused"]
    library = {"onnx": "onnxruntime", "xgboost": "xgboost-cpu"}.get(logged["flavour"], logged["flavour"])
    assert f"{library}==" in logged["environment"]["requirements"]
    assert "+cpu" not in logged["environment"]["requirements"], "that could be installed nowhere else"


@pytest.mark.parametrize(
    ("family", "kind"),
    [(family, kind) for family, kind in KINDS if kind != "safetensors_weights"],
    ids=[kind for _, kind in KINDS if kind != "safetensors_weights"],
)
def test_its_predict_service_answers_without_the_store(zoo: Zoo, family: str, kind: str, tmp_path: Path) -> None:
    ref = zoo.logged[kind]["ref"]
    with open_store(home=zoo.home) as store:
        place(store, ref, tmp_path)
    served = zoo.run("serve", str(tmp_path / "app"), VITRINA_SERVED=str(tmp_path / "served"))
    expected = zoo.asked[ref]["answers"]
    assert is_near(served["answers"], expected), (served["answers"], expected)
    assert served["loaded"] == []


def test_what_is_code_in_disguise_is_refused(nets: Zoo, tmp_path: Path) -> None:
    told = nets.run("refuse", str(tmp_path), KERAS_BACKEND="torch")
    assert "log_model(NAME, model, example=batch)" in told["no example"]
    assert "The model holds Lambda, which only code of its own could load." in told["lambda"]
    assert "which only code of its own could load." in told["tampered"]
    assert "config.json names code that the model brings along (auto_map), which is not run." in told["auto_map"]
    assert "pytorch_model.bin is code or pickled, which is not loaded." in told["pickled weights"]


def place(store: Store, ref: str, folder: Path) -> None:
    """The predict service of a version in `app`, and the version itself in `served`, as the hub places them."""
    version = store.find(ref).version
    assert version is not None
    app = next(one for one in store.apps.of_versions([version.id])[version.id] if one.name == "predict")
    store.blobs.copy(store.blobs.find(version.collection.project.id, app.bundle), folder / "app.tar")
    bundles.unpack(folder / "app.tar", folder / "app")
    store.registry.pull(version, folder / "files")
    owner = version.collection.project
    meta = {
        "ref": version.ref,
        "name": version.collection.name,
        "version": version.number,
        "kind": "model",
        "owner": owner.owner,
        "project": owner.name,
        "signature": version.signature,
        "flavour": version.flavour,
    }
    files = [(path.relative_to(folder / "files").as_posix(), path) for path in (folder / "files").rglob("*.*")]
    write_served(folder / "served", meta=meta, files=files)
    shutil.rmtree(folder / "files")


def is_near(one: Any, other: Any) -> bool:
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(is_near(one[name], other[name]) for name in one)
        case list(), list():
            return len(one) == len(other) and all(map(is_near, one, other))
        case ((int() | float()), (int() | float())):
            return math.isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)
        case _:
            return one == other
