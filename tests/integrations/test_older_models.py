"""Models that older releases of their library saved: they load and answer the same, or say exactly what to install.

Each is logged by that release itself, in an environment of its own, and asked by the release that we have.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from vitrina import tracking
from vitrina.store.flavours.origin import ReleaseError

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    # What scikit-learn says itself of a model of another release.
    pytest.mark.filterwarnings("ignore:Trying to unpickle estimator"),
]

RELEASES = {
    "two-ago": ("scikit-learn==1.7.2", "skops==0.13.0"),
    "long-ago": ("scikit-learn==1.6.1", "skops==0.11.0"),
}

LOADS = {"two-ago": {"line", "forest"}, "long-ago": {"line", "forest"}}
"""Those that the release here still understands."""

LOG = """
import json, sys
import sklearn
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from vitrina import tracking

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X = X.iloc[:, :5]
models = {
    "line": make_pipeline(StandardScaler(), LogisticRegression()),
    "forest": RandomForestClassifier(5, random_state=0),
    "boosting": HistGradientBoostingClassifier(max_iter=5, random_state=0),
}
told = {"release": sklearn.__version__}
with tracking.run("old", project="acme/old", track_env=False, track_code=False):
    for name, model in models.items():
        version = tracking.log_model(name, model.fit(X, y), example=X[:3])
        told[name] = version.summary["answers"]
    tracking.log_model("pickled", models["boosting"], example=X[:3], flavour="pickle")
print(json.dumps(told))
"""


@pytest.mark.parametrize("age", RELEASES)
def test_a_model_of_an_older_scikit_learn_answers_the_same_or_says_what_to_install(
    age: str, overlay: Callable[..., Path], home: Path
) -> None:
    python = overlay(age, *RELEASES[age])
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [str(python), "-c", LOG], env=environment, cwd=home.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    told = json.loads(done.stdout.splitlines()[-1])
    wanted = list(RELEASES[age])
    assert f"scikit-learn=={told['release']}" == wanted[0]
    kept = ("line", "forest", "boosting", "pickled")
    found = {name: outcome(f"acme/old/models/{name}") for name in kept}
    for name, (answers, error) in found.items():
        if error is None:
            assert answers == told.get(name, told["boosting"])
        else:
            assert error.install[0] == wanted[0]
            assert f"pip install {' '.join(error.install)}" in str(error)
    assert {name for name, (_, error) in found.items() if error is None} == LOADS[age]


def outcome(ref: str) -> tuple[list[int] | None, ReleaseError | None]:
    """What a model answers to its examples here, or what is said instead."""
    version = tracking.get_version(ref)
    assert version.signature is not None
    try:
        version.load(trust=True)
        return version.predict(version.signature["examples"]).tolist(), None
    except ReleaseError as error:
        return None, error
