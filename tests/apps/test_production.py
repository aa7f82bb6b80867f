"""What an app knows of the version in production, and how sure a classifier is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression

from vitrina.apps import served
from vitrina.apps.environment import app_environment
from vitrina.apps.job import Job
from vitrina.apps.served import write_served
from vitrina.apps.walls import of
from vitrina.store import flavours

DATA = load_iris(as_frame=True)


def place(folder: Path, number: str, model: Any) -> Path:
    meta = {
        "ref": f"acme/iris/models/kind@{number}",
        "name": "kind",
        "version": number,
        "kind": "model",
        "owner": "acme",
        "project": "iris",
        "flavour": flavours.save(model, folder / f"{number}-model")["flavour"],
    }
    files = [(file.name, file) for file in (folder / f"{number}-model").iterdir()]
    write_served(folder / number, meta=meta, files=files)
    return folder / number


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    names = DATA.target.map(dict(enumerate(DATA.target_names)))
    made = place(tmp_path, "2.0.0", LogisticRegression(max_iter=500).fit(DATA.data, names))
    monkeypatch.setenv("VITRINA_SERVED", str(made))
    return made


def test_production_can_be_asked_as_its_own_version(own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = LinearRegression().fit(DATA.data, DATA.target)
    monkeypatch.setenv("VITRINA_PRODUCTION", str(place(tmp_path, "1.0.0", model)))
    found = served().production()
    assert found is not None
    assert (found.ref, found.version) == ("acme/iris/models/kind@1.0.0", "1.0.0")
    assert found.predict(DATA.data[:1])[0] == pytest.approx(model.predict(DATA.data[:1])[0])
    assert served().predict(DATA.data[:1])[0] == "setosa"
    assert found.chances(DATA.data[:1]) is None, "it is no classifier"


def test_there_is_no_production_beside_itself(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert served().production() is None
    monkeypatch.setenv("VITRINA_PRODUCTION", str(own))
    assert served().production() is None


@pytest.mark.usefixtures("own")
def test_a_classifier_says_how_sure_it_is() -> None:
    rows = DATA.data[:2].to_dict("records")
    told = served().chances(rows)
    assert told is not None
    assert [max(one, key=lambda name: one[name]) for one in told] == ["setosa", "setosa"]
    assert sum(told[0].values()) == pytest.approx(1)


def test_an_app_is_told_of_production_and_may_read_it(tmp_path: Path) -> None:
    given = app_environment({}, folder=tmp_path, served=Path("/shelf/served/a"), production=Path("/shelf/served/b"))
    assert (given["VITRINA_SERVED"], given["VITRINA_PRODUCTION"]) == ("/shelf/served/a", "/shelf/served/b")
    assert "VITRINA_PRODUCTION" not in app_environment({}, folder=tmp_path, served=Path("/shelf/served/a"))
    job = Job(
        framework="gradio",
        entry="app.py",
        cwd=".",
        bundle="/shelf/bundles/c",
        bundle_digest="",
        origin="http://demo.localhost:8401",
        folder="/apps/running/d",
        log="/apps/logs/e",
        environment=given,
        served="/shelf/served/a",
        production="/shelf/served/b",
    )
    assert Job.parse(job.line()) == job
    assert {Path("/shelf/served/a"), Path("/shelf/served/b")} <= set(of(job).readable)
