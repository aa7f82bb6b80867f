"""Apps logged with a version: bundled, numbered, checked before anything is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrina import tracking
from vitrina.store import bundles
from vitrina.store.bundles import BundleError, SecretError
from vitrina.store.errors import InvalidError, NotFoundError
from vitrina.store.frameworks import DetectionError, UnknownFrameworkError
from vitrina.store.opening import Store
from vitrina.store.records import Node, NodeKind
from vitrina.store.serving import Network
from vitrina.store.sources import SourceError

GRADIO = 'import gradio as gr\n\ndemo = gr.Interface(lambda x: x, "number", "number")\ndemo.launch()\n'
STREAMLIT = 'import streamlit as st\n\nst.title("What if")\n'


@pytest.fixture
def run(store: Store):
    with tracking.run(project="acme/churn", track_env=False) as begun:
        yield begun


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "what_if.py"
    path.write_text(GRADIO)
    return path


@pytest.fixture
def version(run: tracking.Run, tmp_path: Path) -> tracking.VersionHandle:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"weights")
    return run.log_model("classifier", path)


def test_an_app_belongs_to_its_version_and_can_be_unpacked(any_store: Store, script: Path, tmp_path: Path) -> None:
    with tracking.run(project="acme/churn") as run:
        (tmp_path / "weights.bin").write_bytes(b"weights")
        version = run.log_model("classifier", tmp_path / "weights.bin")
        app = tracking.log_app("what-if", script, model=version, title="What if?")
    assert (app.ref, app.revision) == ("acme/churn/models/classifier@1.0.0/apps/what-if", 1)
    assert (app.framework, app.entry, app.cwd, app.title) == ("gradio", "what_if.py", ".", "What if?")
    archive = tmp_path / "bundle.tar"
    archive.write_bytes(any_store.blobs.read(app.blob))
    bundles.unpack(archive, tmp_path / "unpacked", digest=app.bundle)
    assert (tmp_path / "unpacked" / "what_if.py").read_text() == GRADIO
    edges = any_store.lineage.around([Node(NodeKind.APP, app.id)])
    assert [(edge.source.ref, edge.relation) for edge in edges] == [(version.ref, "serves")]


def test_the_same_app_is_the_same_revision_and_a_changed_one_the_next(
    version: tracking.VersionHandle, script: Path
) -> None:
    assert tracking.log_app("what-if", script, model=version).revision == 1
    assert tracking.log_app("what-if", script, model=version).revision == 1
    script.write_text(GRADIO.replace("number", "text"))
    assert tracking.log_app("what-if", script, model=version).revision == 2


def test_without_a_model_it_is_the_one_that_the_run_logged_last(
    run: tracking.Run, version: tracking.VersionHandle, script: Path
) -> None:
    run.log_dataset("people", {"age": [30]})
    assert run.log_app("what-if", script).version.ref == version.ref


def test_a_folder_is_taken_with_entry_requirements_and_folder_to_run_in(
    version: tracking.VersionHandle, tmp_path: Path
) -> None:
    folder = tmp_path / "explorer"
    (folder / "pages").mkdir(parents=True)
    (folder / "start.py").write_text(STREAMLIT)
    (folder / "other.py").write_text(STREAMLIT)
    (folder / "requirements.txt").write_text("streamlit\n")
    app = tracking.log_app("explorer", folder, model=version.ref, entry="start.py", cwd="pages")
    assert (app.framework, app.entry, app.cwd, app.requirements) == ("streamlit", "start.py", "pages", "streamlit\n")
    needs = tmp_path / "needs.txt"
    needs.write_text("streamlit==1.0\n")
    again = tracking.log_app("explorer", folder, model=version, entry="start.py", requirements=needs)
    assert (again.revision, again.requirements) == (2, "streamlit==1.0\n")


def test_an_app_can_be_logged_with_no_run_by_the_versions_reference(
    version: tracking.VersionHandle, run: tracking.Run, script: Path
) -> None:
    run.end()
    app = tracking.log_app("what-if", script, model="acme/churn/models/classifier@^1")
    assert app.version.ref == version.ref
    with pytest.raises(InvalidError, match="The app has no version to belong to"):
        tracking.log_app("what-if", script)


def test_what_is_wrong_is_said_before_anything_is_stored(
    store: Store, version: tracking.VersionHandle, script: Path, tmp_path: Path
) -> None:
    broken, plain = tmp_path / "broken.py", tmp_path / "plain.py"
    broken.write_text("import gradio\ndef f(:\n")
    plain.write_text("print(1)\n")
    for error, message, path, options in [
        (BundleError, "There is no file or folder", tmp_path / "missing.py", {}),
        (SourceError, r"broken\.py is no valid Python: .*line 2", broken, {}),
        (DetectionError, r"plain\.py imports no app framework", plain, {}),
        (
            UnknownFrameworkError,
            "no app framework 'flask'. Known are: streamlit, gradio",
            script,
            {"framework": "flask"},
        ),
        (BundleError, "There is no folder elsewhere to run in", script, {"cwd": "elsewhere"}),
        (NotFoundError, "no requirements file", script, {"requirements": tmp_path / "needs.txt"}),
        (
            NotFoundError,
            r"no version acme/churn/models/classifier@9\.9\.9",
            script,
            {"model": f"{version.ref[:-5]}9.9.9"},
        ),
        (NotFoundError, "no project other/churn", script, {"model": "other/churn/models/classifier@1.0.0"}),
    ]:
        with pytest.raises(error, match=message):
            tracking.log_app("what-if", path, **{"model": version, **options})
    with pytest.raises(InvalidError, match="'What if' cannot be the name of an app"):
        tracking.log_app("What if", script, model=version)
    assert store.apps.of_versions([version.record.id]) == {version.record.id: []}


def test_a_run_is_no_version(run: tracking.Run, script: Path) -> None:
    with pytest.raises(InvalidError, match=r"is a run\. Give the reference of a version"):
        tracking.log_app("what-if", script, model=run.ref)


def test_files_that_only_show_when_it_runs_are_named(
    store: Store, version: tracking.VersionHandle, script: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "people.csv").write_text("age\n30\n")
    app = tracking.log_app("what-if", script, model=version, include=["data/*.csv"])
    archive = tmp_path / "bundle.tar"
    archive.write_bytes(store.blobs.read(app.blob))
    bundles.unpack(archive, tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "data" / "people.csv").read_text() == "age\n30\n"


def test_an_error_loses_nothing_that_was_stored(
    store: Store, version: tracking.VersionHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "explorer"
    folder.mkdir()
    (folder / "app.py").write_text(STREAMLIT)
    before = tracking.log_app("explorer", folder, model=version)
    kept = store.blobs.read(before.blob)
    (folder / ".env").write_text("KEY=1")
    with pytest.raises(SecretError, match=r"\.env \(an environment file\).*Nothing was kept"):
        tracking.log_app("explorer", folder, model=version)
    with monkeypatch.context() as patch:
        patch.setattr(bundles, "MAX_BYTES", 10)
        with pytest.raises(BundleError, match="too large"):
            tracking.log_app("explorer", folder, model=version)
    assert store.apps.get(version.record, "explorer").revision == 1
    assert store.blobs.read(before.blob) == kept
    after = tracking.log_app("explorer", folder, model=version, allow_secrets=[".env"])
    assert (after.revision, store.blobs.read(before.blob)) == (2, kept)


def test_whom_an_app_may_connect_to_is_said_once(version: tracking.VersionHandle, script: Path) -> None:
    assert tracking.log_app("what-if", script, model=version).serving.network is Network.NONE
    assert tracking.log_app("what-if", script, model=version, network="full").serving.network is Network.FULL
    assert tracking.log_app("what-if", script, model=version).serving.network is Network.FULL


def test_a_network_that_there_is_not_keeps_nothing(version: tracking.VersionHandle, script: Path, store: Store) -> None:
    with pytest.raises(InvalidError, match="'wide' is no network"):
        tracking.log_app("what-if", script, model=version, network="wide")
    assert store.apps.of_versions([version.record.id]) == {version.record.id: []}
